import {
  type ClaimableQuery,
  isOverdue,
  type OverdueQuery,
  type Queue,
  type QueueQuery,
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
import { readAll } from './read-all.ts';
import { SCRIPTS } from './scripts.ts';

/** What waits for workers, over all shards: one round trip finds it, another reads the workflows. */

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
