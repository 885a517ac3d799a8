import { z } from 'zod';
import { artifactMetaSchema, artifactRefSchema } from '../model/artifact.ts';
import { count, id, text } from '../model/record-shape.ts';

/*
 * The artifacts of a workflow as a file of lines, each a JSON document with sorted keys (NDJSON, UTF-8):
 * `header`, then by number each `artifact`, followed by its content in lines of `content`, then `end`.
 */

export const ARTIFACTS_FORMAT = 'baton artifacts';
/** Of the format. A file of a newer one is refused. */
export const ARTIFACTS_VERSION = 1;
/** Bytes of a line of content. */
export const CONTENT_BYTES = 48 * 1024;
/** Characters that a line has at most: content in base64, and what stands around it. */
export const MOST_CHARACTERS = 2 * CONTENT_BYTES;
/** Bytes that one artifact has at most, with the line that says what is missing. */
export const MOST_ARTIFACT_BYTES = 256 * 1024 * 1024 + 1024;

export const artifactLine = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('header'),
    format: z.literal(ARTIFACTS_FORMAT),
    version: z.literal(ARTIFACTS_VERSION),
    workflowId: id,
  }),
  z.strictObject({
    kind: z.literal('artifact'),
    artifact: z.strictObject({
      ...artifactMetaSchema.shape,
      ...artifactRefSchema.shape,
      size: count.max(MOST_ARTIFACT_BYTES),
      superseded: z.boolean(),
    }),
  }),
  z.strictObject({ kind: z.literal('content'), base64: z.base64() }),
  z.strictObject({
    kind: z.literal('end'),
    artifacts: count,
    /** SHA-256, hex, of all bytes before this line. */
    digest: text,
  }),
]);

type ArtifactLine = z.infer<typeof artifactLine>;

/** An artifact as the file has it. */
export type PortableArtifact = Extract<ArtifactLine, { readonly kind: 'artifact' }>['artifact'];
