import { createHash } from 'node:crypto';
import type { WorkflowSnapshot } from '@baton/core';
import { canonicalJson } from '@baton/core/internal';

/** What a chain begins with. */
export const NOTHING = '';

/** Payloads are never changed, and are most of a snapshot's bytes: each is digested once. */
const payloads = new WeakMap<object, string>();

/** The chain `before` with one more record: equal only where every record so far is equal. */
export function chained(before: string, record: object): string {
  return digestOf(`${before}\n${canonicalJson(record)}`);
}

/**
 * Digest of all that a commit decides. The expiry of the claim is left out: a renewal writes it alone,
 * and it says only when others may try.
 */
export function snapshotDigest({ seal: _, ...snapshot }: WorkflowSnapshot): string {
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
