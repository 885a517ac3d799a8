import { BatonError, type Redact } from '@baton/core';
import type { DeliveryResult, DeliveryTarget } from '../delivery/target.ts';
import { cut } from '../errors.ts';
import { type Post, post } from './post.ts';
import { webhookBody } from './webhook-body.ts';
import { signatureHeaders } from './webhook-secret.ts';

/** Seconds for a whole try: name, connection, request and answer. */
export const TIMEOUT_SECONDS = 15;

/** Characters that are kept of what a receiver says. */
const MOST_WORDS = 200;

/** Where the events of workflows are posted to. */
export interface WebhookEndpoint {
  readonly name: string;
  readonly url: string;
  /** The keys of its secrets; the newest first. */
  readonly keys: readonly Buffer[];
  /** Undefined: all. */
  readonly events?: readonly string[] | undefined;
  /** Undefined: all. */
  readonly projects?: readonly string[] | undefined;
  readonly allowPrivate: boolean;
}

export interface WebhookOptions extends Pick<Post, 'resolve' | 'ca'> {
  /** Masks what is kept of answers. */
  readonly redact: Redact;
  /** Milliseconds for a try. Default 15,000. */
  readonly timeoutMs?: number | undefined;
}

/** A target that gets signed messages after Standard Webhooks. */
export function createWebhookTarget(
  endpoint: WebhookEndpoint,
  options: WebhookOptions,
): DeliveryTarget {
  const { name, events, projects } = endpoint;
  return {
    name,
    covers: (projectId) => projects === undefined || projects.includes(projectId),
    wants: ({ type }) => events === undefined || events.includes(type),
    deliver(delivery, signal) {
      const message = { id: delivery.id, body: webhookBody(delivery) };
      return postSigned(endpoint, message, signal, options);
    },
  };
}

/** Posts a message under its signatures. Never rejects. */
export async function postSigned(
  { url, keys, allowPrivate }: Pick<WebhookEndpoint, 'url' | 'keys' | 'allowPrivate'>,
  message: { readonly id: string; readonly body: string },
  signal: AbortSignal,
  { redact, timeoutMs = TIMEOUT_SECONDS * 1000, resolve, ca }: WebhookOptions,
): Promise<DeliveryResult> {
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const seconds = Math.floor(Date.now() / 1000);
    const answer = await post({
      url: new URL(url),
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Baton-Webhooks',
        ...signatureHeaders(keys, { ...message, seconds }),
      },
      body: message.body,
      ...{ allowPrivate, resolve, ca, signal: AbortSignal.any([signal, timeout]) },
    });
    return resultOf(answer.status, answer.retryAfterMs, cut(redact(answer.words), MOST_WORDS));
  } catch (reason) {
    const why = timeout.aborted
      ? `no answer within ${timeoutMs / 1000} s`
      : cut(redact(BatonError.from(reason).message), MOST_WORDS);
    return { kind: 'failed', reason: why };
  }
}

export function resultOf(
  status: number,
  retryAfterMs: number | undefined,
  words: string,
): DeliveryResult {
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  const what = status >= 300 && status < 400 ? `${status}, and redirects are not followed` : status;
  const reason = `answered ${what}${words === '' ? '' : `: ${words}`}`;
  if (status === 410) return { kind: 'gone', reason };
  return { kind: 'failed', reason, retryAfterMs };
}
