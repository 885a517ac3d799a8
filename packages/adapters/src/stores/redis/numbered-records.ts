import type { Handoff, JsonObject, StoredReply, WorkflowEvent } from '@baton/core';
import { parseJson as parseJsonText } from '@baton/core/internal';
import { unreadable } from './errors.ts';

/**
 * Handoffs, events and replies in a workflow's hash. They do not repeat what the name of their field says.
 */

/** The commit id comes first, where the scripts look for it. */
type EventRecord = [string, WorkflowEvent['type'], string, number, number, number, JsonObject];
type HandoffRecord = [string, string | null, string, string, number, JsonObject];
type ReplyRecord = [string, JsonObject];

export const eventField = (sequence: number): string => `e:${sequence}`;
export const handoffField = (number: number): string => `h:${number}`;
export const replyField = (requestId: string): string => `r:${requestId}`;

/** @param commitId letters and digits only, so that its JSON is the id in quotes. */
export function eventText(event: WorkflowEvent, commitId: string): string {
  const { type, triggeredBy, at, revision, epoch, data } = event;
  const record: EventRecord = [commitId, type, triggeredBy, at, revision, epoch, data];
  return JSON.stringify(record);
}

export function handoffText({ fromRole, toRole, fromState, toState, at, data }: Handoff): string {
  const record: HandoffRecord = [fromRole, toRole ?? null, fromState, toState, at, data];
  return JSON.stringify(record);
}

export function replyText({ digest, body }: StoredReply): string {
  const record: ReplyRecord = [digest, body];
  return JSON.stringify(record);
}

export function toEvent(
  text: string,
  key: string,
  workflowId: string,
  sequence: number,
): WorkflowEvent {
  const [, type, triggeredBy, at, revision, epoch, data] = parseList<EventRecord>(
    text,
    key,
    eventField(sequence),
    7,
  );
  return { workflowId, sequence, type, triggeredBy, data, at, revision, epoch };
}

export function toHandoff(text: string, key: string, workflowId: string, number: number): Handoff {
  const [fromRole, toRole, fromState, toState, at, data] = parseList<HandoffRecord>(
    text,
    key,
    handoffField(number),
    6,
  );
  return {
    workflowId,
    number,
    fromRole,
    toRole: toRole ?? undefined,
    fromState,
    toState,
    data,
    at,
  };
}

/** @param text '' when there is no reply. */
export function toReply(text: string, key: string, requestId: string): StoredReply | undefined {
  if (text === '') return undefined;
  const [digest, body] = parseList<ReplyRecord>(text, key, replyField(requestId), 2);
  return { requestId, digest, body };
}

/**
 * Parses a JSON record, which is left as it is.
 *
 * @throws BatonError `data_loss` that names the key.
 */
export function parseJson<T extends object>(
  text: string | undefined,
  key: string,
  field: string,
): T {
  try {
    const value: unknown = parseJsonText(text ?? '');
    if (typeof value === 'object' && value !== null) return value as T;
    throw new TypeError(`expected an object, found ${typeof value}`);
  } catch (cause) {
    throw unreadable(key, `field ${field}: ${(cause as Error).message}`, cause);
  }
}

/** Parses a JSON list of `length` items. */
function parseList<T extends readonly unknown[]>(
  text: string,
  key: string,
  field: string,
  length: T['length'],
): T {
  const found = parseJson<T>(text, key, field);
  if (Array.isArray(found) && found.length === length) return found;
  throw unreadable(key, `field ${field}: expected a list of ${length}`);
}
