import { BatonError, type DocumentStore, type JsonObject } from '@baton/core';
import { present } from '@baton/core/internal';
import { z } from 'zod';

/*
 * How far a target was told of a workflow: a document for each pair.
 *
 * 1. Every event up to `sequence` was delivered, was not wanted or is among the dead letters. An event is
 *    delivered before that is written, so it is delivered again after a crash, and never left out.
 * 2. A write names the version that it follows: of two servers at one cursor, one writes.
 * 3. `heldBy` keeps others from trying at the same time until `heldUntil`. It saves work and keeps the order; nothing
 *    is lost or wrong without it.
 */

const COLLECTION = 'delivery-cursors';
const PAGE = 1000;

const replaySchema = z.object({ sequence: z.int().min(1), state: z.string() });

const cursorSchema = z.object({
  sequence: z.int().min(0),
  /** The workflow's state after that event; '' before the first. */
  state: z.string(),
  /** Dead letters to try again, before anything new. */
  replays: z.array(replaySchema).readonly(),
  /** Tries of the next event so far. */
  tries: z.int().min(0),
  /** When the next event may be tried, by the store's clock. */
  nextAt: z.int().min(0),
  /** Why the last try failed. */
  failure: z.string().optional(),
  heldBy: z.string().optional(),
  heldUntil: z.int().min(0),
  /** From when on it may be removed: the workflow is complete, and all was delivered. */
  closesAt: z.int().min(0).optional(),
});

export type Cursor = Readonly<z.output<typeof cursorSchema>>;

/** A cursor as it is stored. */
export interface StoredCursor {
  readonly workflowId: string;
  /** 0 for one that is not stored yet. */
  readonly version: number;
  readonly cursor: Cursor;
}

export const FIRST_CURSOR: Cursor = {
  sequence: 0,
  state: '',
  replays: [],
  tries: 0,
  nextAt: 0,
  heldUntil: 0,
};

export function keyOf(target: string, workflowId: string): string {
  return `${target}/${workflowId}`;
}

export async function readCursor(
  documents: DocumentStore,
  target: string,
  workflowId: string,
): Promise<StoredCursor> {
  const found = await documents.read(COLLECTION, keyOf(target, workflowId));
  if (found === undefined) return { workflowId, version: 0, cursor: FIRST_CURSOR };
  return { workflowId, version: found.version, cursor: parsed(found.key, found.value) };
}

/** The cursor as it is stored then; undefined when another has written it meanwhile. */
export async function writeCursor(
  documents: DocumentStore,
  target: string,
  { workflowId, version }: StoredCursor,
  cursor: Cursor,
): Promise<StoredCursor | undefined> {
  const value = present(cursor) as JsonObject;
  const key = keyOf(target, workflowId);
  const written = await documents.write({ collection: COLLECTION, key, follows: version, value });
  return written ? { workflowId, version: version + 1, cursor } : undefined;
}

/** Pages of all the cursors of a target. */
export async function* cursorPages(
  documents: DocumentStore,
  target: string,
): AsyncGenerator<readonly StoredCursor[], void, undefined> {
  const prefix = keyOf(target, '');
  let after = '';
  for (;;) {
    const page = await documents.list({ collection: COLLECTION, prefix, after, limit: PAGE });
    if (page.length > 0) {
      yield page.map(({ key, version, value }) => ({
        workflowId: key.slice(prefix.length),
        version,
        cursor: parsed(key, value),
      }));
    }
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = last.key;
  }
}

export async function removeCursor(
  documents: DocumentStore,
  target: string,
  { workflowId, version }: StoredCursor,
): Promise<void> {
  await documents.remove(COLLECTION, keyOf(target, workflowId), version);
}

function parsed(key: string, value: JsonObject): Cursor {
  const { data, error } = cursorSchema.safeParse(value);
  if (data !== undefined) return data as Cursor;
  throw new BatonError('data_loss', `the delivery cursor '${key}': ${error.issues[0]?.message}`);
}
