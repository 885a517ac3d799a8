import type { Handoff, WorkflowEvent, WorkflowStore } from '@baton/core';
import type { SealedRevision } from './file-seal-memory.ts';
import { chained, NOTHING, readSeal } from './seal.ts';
import { strangersWrite } from './sealing.ts';

const PAGE = 1000;

/** A position in a chain, with the sum there. */
export interface Position {
  readonly number: number;
  readonly chain: string;
}

export const AT_BEGIN: Position = { number: 0, chain: NOTHING };

/** One of the two numbered lists of a workflow. */
export interface Numbered<R extends object> {
  readonly name: 'event' | 'handoff';
  read(
    store: WorkflowStore,
    query: { readonly workflowId: string; readonly after: number; readonly limit: number },
  ): Promise<readonly R[]>;
  numberOf(record: R): number;
  /** Names the kind of a record in a word or two. */
  kindOf(record: R): string;
  /** The end of the list according to a sealed revision. */
  endOf(revision: SealedRevision): Position | undefined;
}

export const EVENTS: Numbered<WorkflowEvent> = {
  name: 'event',
  read: (store, query) => store.readEvents(query),
  numberOf: ({ sequence }) => sequence,
  kindOf: ({ type }) => type,
  endOf: ({ sequence, seal }) => positionOf(sequence, readSeal(seal)?.events),
};

export const HANDOFFS: Numbered<Handoff> = {
  name: 'handoff',
  read: (store, query) => store.readHandoffs(query),
  numberOf: ({ number }) => number,
  kindOf: ({ fromState }) => `of ${fromState}`,
  endOf: ({ handoffs, seal }) => positionOf(handoffs, readSeal(seal)?.handoffs),
};

function positionOf(number: number, chain: string | undefined): Position | undefined {
  return chain === undefined ? undefined : { number, chain };
}

/**
 * Follows a list from a position to `end`.
 *
 * @returns the number of a record after `end`, if there is one: it may belong to a later commit.
 * @throws BatonError `data_loss` naming the record that is missing or was changed.
 */
export async function follow<R extends object>(
  list: Numbered<R>,
  { store, workflowId, from, end, trail }: Walk,
): Promise<number | undefined> {
  let { number, chain } = from;
  for (;;) {
    const page = await list.read(store, { workflowId, after: number, limit: PAGE });
    for (const record of page) {
      const found = list.numberOf(record);
      if (number === end.number)
        return arrived(list, chain, { store, workflowId, end, trail }, found);
      if (found !== number + 1) throw missing(workflowId, list.name, number + 1);
      chain = chained(chain, record);
      number = found;
    }
    if (page.length < PAGE) break;
  }
  if (number < end.number) throw missing(workflowId, list.name, number + 1);
  return arrived(list, chain, { store, workflowId, end, trail }, undefined);
}

export interface Walk {
  readonly store: WorkflowStore;
  readonly workflowId: string;
  readonly from: Position;
  readonly end: Position;
  /** The remembered revisions of the workflow, oldest first; read only after a problem. */
  readonly trail: () => readonly SealedRevision[];
}

async function arrived<R extends object>(
  list: Numbered<R>,
  chain: string,
  walk: Omit<Walk, 'from'>,
  beyond: number | undefined,
): Promise<number | undefined> {
  if (chain === walk.end.chain) return beyond;
  throw strangersWrite(
    walk.workflowId,
    `${await culprit(list, walk)} differs from what was written`,
  );
}

/** Finds the changed record as exactly as the memory allows. */
async function culprit<R extends object>(
  list: Numbered<R>,
  { store, workflowId, end, trail }: Omit<Walk, 'from'>,
): Promise<string> {
  const marks = [...trail().flatMap((one) => list.endOf(one) ?? []), end]
    .filter(({ number }) => number <= end.number)
    .sort((a, b) => a.number - b.number);
  let { number, chain } = AT_BEGIN;
  let first = 1;
  let kinds: string[] = [];
  for (const mark of marks) {
    while (number < mark.number) {
      const page = await list.read(store, { workflowId, after: number, limit: 1 });
      const [record] = page;
      if (record === undefined) break;
      chain = chained(chain, record);
      kinds.push(list.kindOf(record));
      number++;
    }
    if (chain !== mark.chain) break;
    first = number + 1;
    kinds = [];
  }
  const [kind] = kinds;
  if (kinds.length === 1) return `${list.name} ${first} (${kind})`;
  return `one of the ${list.name}s ${first} to ${Math.max(first, number)}`;
}

function missing(workflowId: string, name: string, number: number) {
  return strangersWrite(workflowId, `${name} ${number} is missing`);
}
