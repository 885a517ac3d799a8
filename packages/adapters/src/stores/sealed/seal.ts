import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Handoff, StoredReply, WorkflowEvent, WorkflowSnapshot } from '@baton/core';
import { canonicalJson } from '@baton/core/internal';
import { chained, NOTHING, snapshotDigest } from './digests.ts';

/** Names the form, so that a later one is told from this. */
const FORM = '1';

/** What the records of a workflow add up to. */
export interface Sums {
  /** Chain over every event, in order. */
  readonly events: string;
  /** Chain over every handoff, in order. */
  readonly handoffs: string;
  /** How many replies there are; each has a code of its own. */
  readonly replies: number;
}

export const NO_SUMS: Sums = { events: NOTHING, handoffs: NOTHING, replies: 0 };

interface Records {
  readonly events: readonly WorkflowEvent[];
  readonly handoffs: readonly Handoff[];
  readonly replies: readonly StoredReply[];
}

export function withRecords(sums: Sums, { events, handoffs, replies }: Records): Sums {
  return {
    events: events.reduce(chained, sums.events),
    handoffs: handoffs.reduce(chained, sums.handoffs),
    replies: sums.replies + replies.length,
  };
}

/** The seal of a snapshot whose records add up to `sums`. Who does not have the key cannot make one. */
export function sealOf(key: Uint8Array, snapshot: WorkflowSnapshot, sums: Sums): string {
  const { events, handoffs, replies } = sums;
  const code = codeOf(key, ['seal', snapshotDigest(snapshot), events, handoffs, replies]);
  return [FORM, replies, events, handoffs, code].join('.');
}

/** What a seal says; undefined for what is none. */
export function readSeal(seal: string): Sums | undefined {
  const [form, replies, events, handoffs, code, ...more] = seal.split('.');
  if (form !== FORM || code === undefined || more.length > 0) return undefined;
  return { events: events as string, handoffs: handoffs as string, replies: Number(replies) };
}

/** The reply with a code of its own behind its digest, where every store keeps it. */
export function sealedReply(key: Uint8Array, workflowId: string, reply: StoredReply): StoredReply {
  return { ...reply, digest: `${reply.digest}.${replyCode(key, workflowId, reply)}` };
}

/** The reply as it was before it was sealed; undefined where its code is not right. */
export function openedReply(
  key: Uint8Array,
  workflowId: string,
  stored: StoredReply,
): StoredReply | undefined {
  const end = stored.digest.lastIndexOf('.');
  const reply = { ...stored, digest: stored.digest.slice(0, Math.max(end, 0)) };
  const code = stored.digest.slice(end + 1);
  return sameText(code, replyCode(key, workflowId, reply)) ? reply : undefined;
}

/** Compares without telling by its duration where two texts differ. */
export function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function replyCode(key: Uint8Array, workflowId: string, reply: StoredReply): string {
  const { requestId, digest, body } = reply;
  return codeOf(key, ['reply', workflowId, requestId, digest, body]);
}

function codeOf(key: Uint8Array, parts: readonly unknown[]): string {
  return createHmac('sha256', key).update(canonicalJson(parts)).digest('base64url');
}
