import type { ArtifactQuery, ArtifactRetention, ByteRange, SupersededBy } from '@baton/core';
import { artifactMetaSchema, artifactRefSchema, validate } from '@baton/core/internal';
import { z } from 'zod';

/** What callers hand in, checked once at the border. All throw BatonError `invalid_input`. */

const { workflowId, kind } = artifactMetaSchema.shape;
const count = z.int().nonnegative();
const digest = z.string().regex(/^[0-9a-f]{64}$/, 'expected a SHA-256 in hex');

const querySchema = z.object({
  workflowId,
  state: z.string().optional(),
  attempt: z.int().optional(),
  kind: kind.optional(),
  after: count,
  limit: z.int().min(1).max(1000),
});
const rangeSchema = z
  .object({ from: count.optional(), to: count.optional() })
  .check(({ value: { from = 0, to = from }, issues }) => {
    if (from <= to) return;
    const message = `expected at least ${from}, where the range begins, found ${to}`;
    issues.push({ code: 'custom', path: ['to'], message, input: to });
  });
export const supersededBySchema = z.object({
  state: z.string(),
  epoch: z.int().positive(),
  attempt: z.int().positive(),
  accepted: z.array(z.string()).readonly(),
});
/** What is kept of an artifact, beside its number. */
export const storedArtifactSchema = z.object({
  ...artifactMetaSchema.shape,
  ...artifactRefSchema.shape,
  compressedSize: count,
});
const retentionSchema = z.object({
  now: count,
  afterMs: z.number().nonnegative().optional(),
  maxBytes: z.number().nonnegative().optional(),
  maxWorkflows: count.optional(),
  only: z.array(z.string()).readonly().optional(),
  orphansAfterMs: z.number().nonnegative().optional(),
  dryRun: z.boolean().optional(),
});

export function checkQuery(query: ArtifactQuery): void {
  validate(querySchema, query, 'the query of artifacts');
}

export function checkRef(of: string, found: string): void {
  validate(z.object({ workflowId, digest }), { workflowId: of, digest: found }, 'the artifact');
}

export function checkRange(range: ByteRange): ByteRange {
  return validate(rangeSchema, range, 'the range');
}

export function checkWorkflowId(found: string): void {
  validate(z.object({ workflowId }), { workflowId: found }, 'the workflow');
}

export function checkSuperseding(by: SupersededBy): SupersededBy {
  return validate(supersededBySchema, by, 'the attempt');
}

export function checkRetention(retention: ArtifactRetention): ArtifactRetention {
  return validate(retentionSchema, retention, 'the retention');
}
