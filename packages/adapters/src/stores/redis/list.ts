import {
  type ClaimableQuery,
  isOverdue,
  type OverdueQuery,
  type Queue,
  type QueueQuery,
  type WorkflowQuery,
  type WorkflowSnapshot,
} from '@baton/core';
import { namesAfter } from '@baton/core/internal';
import type { SkipUnreadable } from '../skip-unreadable.ts';
import type { Connection } from './connection.ts';
import {
  compareBytes,
  comparePlaces,
  type Keys,
  NUL,
  type Place,
  placeOf,
  rankText,
  timeText,
} from './keys.ts';
import { readWorkflow } from './read.ts';
import { SCRIPTS } from './scripts.ts';

/** The queries over all shards: one round trip finds the page, another reads its workflows. */

export async function readClaimable(
  connection: Connection,
  keys: Keys,
  query: ClaimableQuery,
  skipUnreadable: SkipUnreadable,
): Promise<readonly WorkflowSnapshot[]> {
  const { roles, now, limit, projectIds, afterProject = '', perProject = limit } = query;
  const named = projectIds && namesAfter(projectIds, afterProject);
  const numbers = [limit, Math.min(perProject, limit)].map(String);
  const projects = named === undefined ? [''] : [String(named.length), ...named];
  const args = [timeText(now), ...numbers, afterProject, ...projects, ...new Set(roles)];
  const answers = await Promise.all(
    Array.from({ length: keys.shards }, (_, shard) =>
      connection.run({ script: SCRIPTS.findClaimable, keys: [keys.index(shard)], args }),
    ),
  );
  const members = answers.flatMap(([, ...found]) => found);
  const held = members.filter((member) => member.startsWith('h')).map(placeOf);
  const expired = await readAll(connection, keys, held, skipUnreadable);
  const asked = named && new Set(named);
  const isAsked = ({ projectId }: WorkflowSnapshot): boolean =>
    asked?.has(projectId) ?? compareBytes(projectId, afterProject) > 0;
  const free = members.filter((member) => member.startsWith('q')).map(readyPlaceOf);
  const places = [...free, ...expired.filter(isAsked).map(toPlace)];
  const first = firstOfEach(places.sort(compareReady), perProject).slice(0, limit);
  const found = await readAll(connection, keys, first, skipUnreadable);
  // Leave out workflows that were claimed after the index was read.
  return found.filter(
    ({ role, notBefore, claim }) =>
      role !== undefined &&
      roles.includes(role) &&
      notBefore <= now &&
      (claim?.expiresAt ?? 0) <= now,
  );
}

/** A place among the work of a project. */
interface ReadyPlace extends Place {
  readonly project: string;
  readonly rank: string;
}

function readyPlaceOf(member: string): ReadyPlace {
  const [, , project = '', rank = '', time = '', id = ''] = member.split(NUL);
  return { project, rank, time, id };
}

function toPlace(snapshot: WorkflowSnapshot): ReadyPlace {
  const { projectId: project, notBefore, id } = snapshot;
  return { project, rank: rankText(snapshot), time: timeText(notBefore), id };
}

function compareReady(a: ReadyPlace, b: ReadyPlace): number {
  if (a.project !== b.project) return compareBytes(a.project, b.project);
  if (a.rank !== b.rank) return a.rank < b.rank ? -1 : 1;
  return comparePlaces(a, b);
}

function firstOfEach(sorted: readonly ReadyPlace[], most: number): readonly ReadyPlace[] {
  const counts = new Map<string, number>();
  return sorted.filter(({ project }) => {
    const count = (counts.get(project) ?? 0) + 1;
    counts.set(project, count);
    return count <= most;
  });
}

export async function readQueues(
  connection: Connection,
  keys: Keys,
  { roles, now, limit }: QueueQuery,
): Promise<readonly Queue[]> {
  const args = [timeText(now), String(limit), ...roles];
  const answers = await Promise.all(
    Array.from({ length: keys.shards }, (_, shard) =>
      connection.run({ script: SCRIPTS.readQueues, keys: [keys.index(shard)], args }),
    ),
  );
  return roles.map((role, i) => {
    const parts = answers.map((answer) => answer.slice(1 + 3 * i, 4 + 3 * i));
    const lengths = parts.map(([, length]) => Number(length));
    const times = parts.flatMap(([, , since]) => (since === '' ? [] : [Number(since)]));
    return {
      role,
      length: lengths.reduce((sum, length) => sum + length, 0),
      waitingSince: times.length === 0 ? undefined : Math.min(...times),
      isCut: parts.some(([looked]) => Number(looked) >= limit),
    };
  });
}

export async function readOverdue(
  connection: Connection,
  keys: Keys,
  { now, limit }: OverdueQuery,
  skipUnreadable: SkipUnreadable,
): Promise<readonly WorkflowSnapshot[]> {
  const args = [timeText(now), String(limit)];
  const answers = await Promise.all(
    Array.from({ length: keys.shards }, (_, shard) =>
      connection.run({ script: SCRIPTS.findOverdue, keys: [keys.index(shard)], args }),
    ),
  );
  const places = answers.flatMap(([, ...members]) => members.map(placeOf)).sort(comparePlaces);
  const found = await readAll(connection, keys, places.slice(0, limit), skipUnreadable);
  return found.filter((one) => isOverdue(one, now) && (one.claim?.expiresAt ?? 0) <= now);
}

export async function readWorkflows(
  connection: Connection,
  keys: Keys,
  query: WorkflowQuery,
  skipUnreadable: SkipUnreadable,
): Promise<readonly WorkflowSnapshot[]> {
  const { limit, state, role } = query;
  const list = listOf(query);
  const found: WorkflowSnapshot[] = [];
  let after: Place | undefined = query.after && {
    time: timeText(query.after.createdAt),
    id: query.after.id,
  };
  // A second round is needed only when workflows have moved on meanwhile.
  for (;;) {
    const places = await mergeShards(keys.shards, limit, after, async (shard, last, count) => {
      const [base, ...filter] = list;
      const args = [base, last ? `${last.time}${NUL}${last.id}` : '', String(count), ...filter];
      const call = { script: SCRIPTS.findWorkflows, keys: [keys.index(shard)], args };
      const [, ...members] = await connection.run(call);
      return members.map(placeOf).sort(comparePlaces).slice(0, count);
    });
    const read = await readAll(connection, keys, places, skipUnreadable);
    for (const one of read) {
      if (state !== undefined && one.state !== state) continue;
      if (role === undefined || one.role === role) found.push(one);
    }
    after = places.at(-1);
    if (places.length < limit || found.length >= limit) return found.slice(0, limit);
  }
}

/** The index list that contains exactly the requested workflows, as an argument of the script. */
function listOf({ projectId, state, role }: WorkflowQuery): [base: string, ...filter: string[]] {
  const filter = state === undefined && role === undefined ? [] : [role ?? '*', state ?? '*'];
  const [all, ofProject] = filter.length === 0 ? ['a', 'p'] : ['s', 't'];
  const base = projectId === undefined ? `${all}${NUL}` : `${ofProject}${NUL}${projectId}${NUL}`;
  return [base, ...filter];
}

async function readAll(
  connection: Connection,
  keys: Keys,
  places: readonly Place[],
  skipUnreadable: SkipUnreadable,
): Promise<readonly WorkflowSnapshot[]> {
  const found = await Promise.all(
    places.map(async ({ id }) => {
      try {
        const loaded = await readWorkflow(connection, keys, id);
        return loaded === undefined ? [] : [loaded.snapshot];
      } catch (reason) {
        return skipUnreadable(reason);
      }
    }),
  );
  return found.flat();
}

/** Returns the first places of a shard's list after the given one, in order: `count`, or as many as exist. */
type ReadShard = (
  shard: number,
  after: Place | undefined,
  count: number,
) => Promise<readonly Place[]>;

interface Shard {
  readonly places: Place[];
  more: boolean;
}

/**
 * Merges the first `limit` places of a list that is spread over shards. Asks each shard for slightly more
 * than its share, then asks only those again that have a larger part of the page.
 */
async function mergeShards(
  shards: number,
  limit: number,
  after: Place | undefined,
  read: ReadShard,
): Promise<readonly Place[]> {
  const share = Math.min(limit, Math.ceil((limit / shards) * 2) + 4);
  const found = Array.from({ length: shards }, (): Shard => ({ places: [], more: true }));
  for (;;) {
    const page = found
      .flatMap(({ places }) => places)
      .sort(comparePlaces)
      .slice(0, limit);
    const last = page.length < limit ? undefined : page.at(-1);
    const open = found.flatMap((shard, i) => (isOpen(shard, last) ? [{ shard, i }] : []));
    if (open.length === 0) return page;
    await Promise.all(
      open.map(async ({ shard, i }) => {
        const places = await read(i, shard.places.at(-1) ?? after, share);
        shard.places.push(...places);
        shard.more = places.length === share;
      }),
    );
  }
}

/** Whether the rest of the shard could contain a place before `last`. */
function isOpen({ places, more }: Shard, last: Place | undefined): boolean {
  const end = places.at(-1);
  return more && (end === undefined || last === undefined || comparePlaces(end, last) < 0);
}
