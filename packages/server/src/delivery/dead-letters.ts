import { BatonError, type DocumentStore, type WorkflowStore } from '@baton/core';
import { z } from 'zod';
import { FIRST_CURSOR, keyOf, readCursor, writeCursor } from './cursors.ts';
import { refuseUnknown } from './target-records.ts';

const COLLECTION = 'delivery-dead-letters';
const PAGE = 1000;

const letterSchema = z.object({
  workflowId: z.string(),
  sequence: z.int().min(1),
  /** The type of the event. */
  type: z.string(),
  /** The state of the workflow after it. */
  state: z.string(),
  /** When it was given up, by the store's clock. */
  at: z.int(),
  tries: z.int().min(1),
  /** Why the last try failed. */
  reason: z.string(),
});

/** An event that a target could not be told of. */
export type DeadLetter = Readonly<z.output<typeof letterSchema>>;

/** Keeps it; one that is kept already stays as it is. */
export async function keepDeadLetter(
  documents: DocumentStore,
  target: string,
  letter: DeadLetter,
): Promise<void> {
  const key = letterKey(target, letter);
  await documents.write({ collection: COLLECTION, key, follows: 0, value: { ...letter } });
}

/**
 * The events that a receiver could not be told of, by workflow and sequence.
 *
 * @throws BatonError `not_found` for a name that no server has told; of the store.
 * @example
 * import { openStore } from '@baton/adapters/open-store';
 * import { listDeadLetters } from '@baton/server';
 * const { documents, close } = await openStore('sqlite:baton.sqlite');
 * for (const { workflowId, reason } of await listDeadLetters(documents, 'ops')) console.log(workflowId, reason);
 * await close();
 */
export async function listDeadLetters(
  documents: DocumentStore,
  target: string,
): Promise<readonly DeadLetter[]> {
  return (await stored(documents, target)).map(({ letter }) => letter);
}

/** Which dead letters to try again. */
export interface ReplayOptions {
  /** Only of this workflow. Default: of all. */
  readonly workflowId?: string | undefined;
  /** Only the one of this event; with `workflowId`. Default: all. */
  readonly sequence?: number | undefined;
}

/**
 * Has dead letters of a target delivered again, in order a workflow and before what is new of it.
 *
 * @returns how many.
 * @throws BatonError `not_found` for a name that no server has told; of the store.
 * @example
 * import { openStore } from '@baton/adapters/open-store';
 * import { replayDeadLetters } from '@baton/server';
 * const opened = await openStore('sqlite:baton.sqlite');
 * await replayDeadLetters(opened, 'ops', { workflowId: 'wf_1' });
 * await opened.close();
 */
export async function replayDeadLetters(
  { store, documents }: { readonly store: WorkflowStore; readonly documents: DocumentStore },
  target: string,
  { workflowId, sequence }: ReplayOptions = {},
): Promise<number> {
  const chosen = (await stored(documents, target)).filter(
    ({ letter }) =>
      (workflowId === undefined || letter.workflowId === workflowId) &&
      (sequence === undefined || letter.sequence === sequence),
  );
  for (const one of chosen) {
    await queue(store, documents, target, one.letter);
    // Only now: what is in both is delivered twice at most.
    await documents.remove(COLLECTION, one.key, one.version);
  }
  return chosen.length;
}

async function queue(
  store: WorkflowStore,
  documents: DocumentStore,
  target: string,
  { workflowId, sequence, state }: DeadLetter,
): Promise<void> {
  for (;;) {
    const found = await readCursor(documents, target, workflowId);
    const cursor = found.version > 0 ? found.cursor : await closedCursor(store, workflowId);
    const { replays } = cursor;
    const all = replays.some((one) => one.sequence === sequence)
      ? replays
      : [...replays, { sequence, state }].sort((a, b) => a.sequence - b.sequence);
    // A server that is at it notices by its next write, and begins anew.
    const free = { heldBy: undefined, heldUntil: 0, closesAt: undefined };
    const next = { ...cursor, ...free, replays: all, tries: 0, nextAt: 0 };
    if (await writeCursor(documents, target, found, next)) return;
  }
}

/** Of a workflow that the target was told all of: its cursor was removed. */
async function closedCursor(store: WorkflowStore, workflowId: string) {
  const loaded = await store.load(workflowId);
  if (loaded === undefined) return FIRST_CURSOR;
  const { sequence, state } = loaded.snapshot;
  return { ...FIRST_CURSOR, sequence, state };
}

async function stored(documents: DocumentStore, target: string) {
  await refuseUnknown(documents, target);
  const prefix = keyOf(target, '');
  const found: { key: string; version: number; letter: DeadLetter }[] = [];
  for (;;) {
    const after = found.at(-1)?.key ?? '';
    const page = await documents.list({ collection: COLLECTION, prefix, after, limit: PAGE });
    for (const { key, version, value } of page) {
      const { data, error } = letterSchema.safeParse(value);
      if (data === undefined) {
        throw new BatonError('data_loss', `the dead letter '${key}': ${error.issues[0]?.message}`);
      }
      found.push({ key, version, letter: data });
    }
    if (page.length < PAGE) return found;
  }
}

/** Keys of one workflow are in the order of their numbers. */
function letterKey(target: string, { workflowId, sequence }: DeadLetter): string {
  return `${keyOf(target, workflowId)}/${String(sequence).padStart(10, '0')}`;
}
