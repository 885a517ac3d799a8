import { z } from 'zod';
import { isStorable, STORABLE } from './json.ts';

/** What an artifact is: the words of a model or agent, what a command printed, a report, a change of files. */
export const ARTIFACT_KINDS = ['transcript', 'output', 'report', 'diff'] as const;

export type ArtifactKind = (typeof ARTIFACT_KINDS)[number];

/** Characters of an artifact's name. */
export const MAX_ARTIFACT_NAME = 200;

const SHA_256 = /^[0-9a-f]{64}$/;
const text = z.string().min(1).max(256).refine(isStorable, STORABLE);

/** What evidence names an artifact by. */
export const artifactRefSchema = z.object({
  /** SHA-256 of what was kept, hex: its address within the workflow. */
  digest: z.string().regex(SHA_256, 'expected a SHA-256 in hex'),
  /** Bytes that were kept, before compression. */
  size: z.int().nonnegative(),
  /** Whether something was left out between beginning and end. A line in it says how much. */
  truncated: z.boolean(),
});

export type ArtifactRef = z.infer<typeof artifactRefSchema>;

/** What an artifact is of. */
export const artifactMetaSchema = z.object({
  workflowId: z.string().regex(/^[A-Za-z0-9_-]{1,200}$/, 'expected 1 to 200 of A-Z a-z 0-9 _ -'),
  projectId: text,
  state: text,
  role: text,
  epoch: z.int().positive(),
  attempt: z.int().positive(),
  kind: z.enum(ARTIFACT_KINDS),
  /** What people know it by, such as `test: unit`. */
  name: z
    .string()
    .min(1)
    .max(MAX_ARTIFACT_NAME)
    .refine(isStorable, STORABLE)
    .refine((name) => !/[\p{Cc}/\\]/u.test(name), 'expected no slashes and no control characters')
    .refine((name) => name !== '.' && name !== '..', 'expected a name, not a folder'),
  mediaType: z
    .string()
    .max(127)
    .regex(/^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(; ?[\x20-\x7e]+)?$/, 'expected such as text/plain'),
  /** Digest of the workspace that it speaks of; absent where it speaks of none. */
  treeDigest: text.optional(),
  /** Milliseconds since the Unix epoch. */
  createdAt: z.int().nonnegative(),
});

export type ArtifactMeta = z.infer<typeof artifactMetaSchema>;

/** An artifact as a store lists it. */
export interface Artifact extends ArtifactMeta, ArtifactRef {
  /** From 1, in the order in which the workflow's artifacts were written. */
  readonly number: number;
  /** Bytes that it takes up. */
  readonly compressedSize: number;
  /** Whether its attempt was withdrawn or followed by another, so that nothing rests on it. */
  readonly superseded: boolean;
}
