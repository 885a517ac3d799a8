import { z } from 'zod';
import { count, id, json, name, text, time } from '../model/record-shape.ts';
import { snapshotSchema } from './snapshot-schema.ts';

/*
 * A workflow as a file of lines, each a JSON document with sorted keys (NDJSON, UTF-8): `header`,
 * `snapshot`, then in their order every `handoff`, `event` and `reply`, then `end`. Equal workflows
 * make equal files, whichever store they come from.
 */

export const FORMAT = 'baton workflow';
/** Of the format. A file of a newer one is refused. */
export const FORMAT_VERSION = 1;

const handoff = z.object({
  workflowId: id,
  number: count.min(1),
  /** A role, or the person who sent the work back. */
  fromRole: text.min(1),
  toRole: name.optional(),
  fromState: name,
  toState: name,
  data: json,
  at: time,
});

const event = z.object({
  workflowId: id,
  sequence: count.min(1),
  type: text.min(1),
  triggeredBy: text,
  data: json,
  at: time,
  revision: count.min(1),
  epoch: count.min(1),
});

const reply = z.object({ requestId: id, digest: text, body: json });

export const fileLine = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('header'),
    format: z.literal(FORMAT),
    version: z.literal(FORMAT_VERSION),
    workflowId: id,
    revision: count,
  }),
  z.strictObject({ kind: z.literal('snapshot'), snapshot: snapshotSchema }),
  z.strictObject({ kind: z.literal('handoff'), handoff }),
  z.strictObject({ kind: z.literal('event'), event }),
  z.strictObject({ kind: z.literal('reply'), reply }),
  z.strictObject({
    kind: z.literal('end'),
    handoffs: count,
    events: count,
    replies: count,
    /** SHA-256, hex, of all bytes before this line. */
    digest: text,
  }),
]);

export type FileLine = z.infer<typeof fileLine>;
/** What a line says, by its kind. */
export type LineOf<K extends FileLine['kind']> = Extract<FileLine, { readonly kind: K }>;
