import type { WorkflowNames, WorkflowQuery, WorkflowSnapshot } from '@baton/core';
import type { SkipUnreadable } from '../skip-unreadable.ts';
import type { Connection } from './connection.ts';
import { comparePlaces, type Keys, NUL, type Place, placeOf, timeText } from './keys.ts';
import { type MergeQuery, mergeShards } from './merge-shards.ts';
import { parseJson } from './numbered-records.ts';
import { readAll } from './read-all.ts';
import { SCRIPTS } from './scripts.ts';

/** Lists by when workflows were started, over all shards: one round trip finds the page, another reads it. */

export async function readWorkflows(
  connection: Connection,
  keys: Keys,
  query: WorkflowQuery,
  skipUnreadable: SkipUnreadable,
): Promise<readonly WorkflowSnapshot[]> {
  const { limit } = query;
  const found: WorkflowSnapshot[] = [];
  // A second round is needed only when workflows have moved on meanwhile, or the index has not all filters.
  for (let after = firstPlaceOf(query); ; ) {
    const places = await placesOf(connection, keys, query, after);
    const read = await readAll(connection, keys, places, skipUnreadable);
    found.push(...read.filter((one) => passes(one, query)));
    after = places.at(-1);
    if (places.length < limit || found.length >= limit) return found.slice(0, limit);
  }
}

function passes(found: WorkflowSnapshot, { state, role, awaiting }: WorkflowQuery): boolean {
  return (
    (state === undefined || found.state === state) &&
    (role === undefined || found.role === role) &&
    (awaiting === undefined || found.awaiting?.kind === awaiting)
  );
}

export async function readNames(
  connection: Connection,
  keys: Keys,
  query: WorkflowQuery,
  skipUnreadable: SkipUnreadable,
): Promise<readonly WorkflowNames[]> {
  const { limit } = query;
  const found: WorkflowNames[] = [];
  // A second round is needed only where names cannot be read.
  for (let after = firstPlaceOf(query); ; ) {
    const places = await placesOf(connection, keys, query, after);
    found.push(...(await namesAt(connection, keys, places, skipUnreadable)));
    after = places.at(-1);
    if (places.length < limit || found.length >= limit) return found.slice(0, limit);
  }
}

/** In one call for each shard. */
async function namesAt(
  connection: Connection,
  keys: Keys,
  places: readonly Place[],
  skipUnreadable: SkipUnreadable,
): Promise<readonly WorkflowNames[]> {
  const byShard = Map.groupBy(places, ({ id }) => keys.indexOf(id));
  const texts = new Map<string, string>();
  await Promise.all(
    [...byShard.values()].map(async (some) => {
      const workflows = some.map(({ id }) => keys.workflow(id));
      const [, ...names] = await connection.run({
        script: SCRIPTS.readNames,
        keys: workflows,
        args: [],
      });
      for (const [i, { id }] of some.entries()) texts.set(id, names[i] ?? '');
    }),
  );
  return places.flatMap(({ id, time }): readonly WorkflowNames[] => {
    const text = texts.get(id);
    // Removed since.
    if (text === undefined || text === '') return [];
    try {
      return [{ id, createdAt: Number(time), ...toNames(text, keys.workflow(id)) }];
    } catch (reason) {
      return skipUnreadable(reason);
    }
  });
}

/** A version of Baton that knows no `names` has them in `fixed`. */
function toNames(text: string, key: string): Pick<WorkflowNames, 'buildId' | 'userId'> {
  const found = parseJson<readonly string[] | WorkflowNames>(text, key, 'names');
  if ('buildId' in found) return { buildId: found.buildId, userId: found.userId };
  const [buildId = '', userId = ''] = found;
  return { buildId, userId };
}

function firstPlaceOf({ after }: WorkflowQuery): Place | undefined {
  return after && { time: timeText(after.createdAt), id: after.id };
}

function placesOf(
  connection: Connection,
  keys: Keys,
  query: WorkflowQuery,
  after: Place | undefined,
): Promise<readonly Place[]> {
  const { limit, newestFirst = false } = query;
  const compare: MergeQuery['compare'] = newestFirst
    ? (a, b) => comparePlaces(b, a)
    : comparePlaces;
  const first = newestFirst ? 'newest' : 'oldest';
  const [base, ...filter] = listOf(query);
  return mergeShards(keys.shards, { limit, after, compare }, async (shard, last, count) => {
    const place = last ? `${last.time}${NUL}${last.id}` : '';
    const args = [first, base, place, String(count), ...filter];
    const call = { script: SCRIPTS.findWorkflows, keys: [keys.index(shard)], args };
    const [, ...members] = await connection.run(call);
    return members.map(placeOf).sort(compare).slice(0, count);
  });
}

/**
 * The index list that contains the requested workflows, as an argument of the script. What waits for a person is
 * little: it is not listed by state and role as well.
 */
function listOf(query: WorkflowQuery): [base: string, ...filter: string[]] {
  const { projectId, state, role, awaiting } = query;
  const project = projectId === undefined ? [] : [projectId];
  const list = (ofAll: string, ofProject: string, ...more: string[]): string =>
    [projectId === undefined ? ofAll : ofProject, ...more, ...project, ''].join(NUL);
  if (awaiting !== undefined) return [list('n', 'm', awaiting)];
  if (state === undefined && role === undefined) return [list('a', 'p')];
  return [list('s', 't'), role ?? '*', state ?? '*'];
}
