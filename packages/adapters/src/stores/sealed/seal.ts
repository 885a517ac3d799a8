import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Handoff, StoredReply, WorkflowEvent, WorkflowSnapshot } from '@baton/core';
import { ATTEMPT_CANCELLED, CANCELLED, canonicalJson } from '@baton/core/internal';

/** The beginning of a chain. */
export const NOTHING = '';

/** Payloads never change and make up most of a snapshot, so each is digested once. */
const payloads = new WeakMap<object, string>();

/** Extends the chain `before` by a record. Chains are equal only when all their records are. */
export function chained(before: string, record: object): string {
  return digestOf(`${before}\n${canonicalJson(record)}`);
}

/**
 * Digest of everything that a commit decides. It excludes the expiry of the claim, which a renewal writes
 * alone and which only decides when others may try.
 */
function snapshotDigest({ seal: _, ...snapshot }: WorkflowSnapshot): string {
  const { requirements, metadata, outputs, claim } = snapshot;
  return digestOf(
    canonicalJson({
      ...snapshot,
      requirements: payloadDigest(requirements),
      metadata: payloadDigest(metadata),
      outputs: Object.keys(outputs)
        .sort()
        .map((phase) => [phase, payloadDigest(outputs[phase] as object)]),
      claim: claim && { ...claim, expiresAt: undefined },
    }),
  );
}

function payloadDigest(payload: object): string {
  const known = payloads.get(payload);
  if (known !== undefined) return known;
  const digest = digestOf(canonicalJson(payload));
  payloads.set(payload, digest);
  return digest;
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

/** Version of the seal's format. */
const FORM = '1';

/** The sums over the records of a workflow. */
export interface Sums {
  /** Chain over all events, in order. */
  readonly events: string;
  /** Chain over all handoffs, in order. */
  readonly handoffs: string;
  /** Number of replies; each has a code of its own. */
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

/** The seal of a snapshot whose records have these sums. It requires the key. */
export function sealOf(key: Uint8Array, snapshot: WorkflowSnapshot, sums: Sums): string {
  const { events, handoffs, replies } = sums;
  const code = codeOf(key, ['seal', snapshotDigest(snapshot), events, handoffs, replies]);
  return [FORM, replies, events, handoffs, code].join('.');
}

/** Whether a seal is that of a snapshot as it is read now: older versions may have recorded, and sealed, it otherwise. */
export function isSealOf(
  seal: string,
  key: Uint8Array,
  snapshot: WorkflowSnapshot,
  sums: Sums,
): boolean {
  return recordedForms(snapshot).some((form) => sameText(seal, sealOf(key, form, sums)));
}

function recordedForms(snapshot: WorkflowSnapshot): readonly WorkflowSnapshot[] {
  const { failure } = snapshot;
  if (failure?.code !== ATTEMPT_CANCELLED || failure.by !== undefined) return [snapshot];
  return [snapshot, { ...snapshot, failure: { ...failure, code: CANCELLED } }];
}

/** Reads a seal; undefined when it is none. */
export function readSeal(seal: string): Sums | undefined {
  const [form, replies, events, handoffs, code, ...more] = seal.split('.');
  if (form !== FORM || code === undefined || more.length > 0) return undefined;
  return { events: events as string, handoffs: handoffs as string, replies: Number(replies) };
}

/** Appends a code to the reply's digest, which every store keeps. */
export function sealedReply(key: Uint8Array, workflowId: string, reply: StoredReply): StoredReply {
  return { ...reply, digest: `${reply.digest}.${replyCode(key, workflowId, reply)}` };
}

/** Removes the code of a reply; undefined when it is wrong. */
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

/** Compares two texts in constant time. */
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
