import { createHash } from 'node:crypto';
import type { WorkflowSnapshot } from '@baton/core';
import { canonicalJson } from '@baton/core/internal';

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
