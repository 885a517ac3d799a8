import type { ClaimableQuery, WorkflowQuery, WorkflowSnapshot } from '@baton/core';
import type { Connection } from './connection.ts';
import { comparePlaces, type Place, placeOf, rangeOf, timeText } from './index-places.ts';
import type { Keys } from './keys.ts';
import { mergeShards } from './merge-shards.ts';
import { readWorkflow } from './read.ts';
import { SCRIPTS } from './scripts.ts';

/** The queries over all shards: one round trip to find the page, one to read its workflows. */

export async function readClaimable(
  connection: Connection,
  keys: Keys,
  { roles, now, limit }: ClaimableQuery,
): Promise<readonly WorkflowSnapshot[]> {
  const args = [timeText(now), String(limit), ...new Set(roles)];
  const answers = await Promise.all(
    Array.from({ length: keys.shards }, (_, shard) =>
      connection.run({ script: SCRIPTS.findClaimable, keys: [keys.index(shard)], args }),
    ),
  );
  // Both kinds of members end with notBefore and id.
  const places = answers
    .flatMap(([, ...members]) => members.map(placeOf))
    .filter(({ time }) => time <= timeText(now))
    .sort(comparePlaces)
    .slice(0, limit);
  const found = await readAll(connection, keys, places);
  // What was taken in between is left out: its place in the index was true a moment ago.
  return found.filter(
    ({ role, notBefore, claim }) =>
      role !== undefined &&
      roles.includes(role) &&
      notBefore <= now &&
      (claim?.expiresAt ?? 0) <= now,
  );
}

export async function readWorkflows(
  connection: Connection,
  keys: Keys,
  query: WorkflowQuery,
): Promise<readonly WorkflowSnapshot[]> {
  const { limit, state, role } = query;
  const parts = listOf(query);
  const found: WorkflowSnapshot[] = [];
  let after: Place | undefined = query.after && {
    time: timeText(query.after.createdAt),
    id: query.after.id,
  };
  // A second time round only when some have moved on in between, or for a state with a role.
  for (;;) {
    const places = await mergeShards(keys.shards, limit, after, (shard, last, count) => {
      const { from, to } = rangeOf(parts, last && [last.time, last.id]);
      return connection.client.zrangebylex(keys.index(shard), from, to, 'LIMIT', 0, count);
    });
    const read = await readAll(connection, keys, places);
    found.push(
      ...read.filter(
        (one) =>
          (state === undefined || one.state === state) && (role === undefined || one.role === role),
      ),
    );
    after = places.at(-1);
    if (places.length < limit || found.length >= limit) return found.slice(0, limit);
  }
}

/** The narrowest list of the index that has all that is asked for. */
function listOf({ projectId, state, role }: WorkflowQuery): readonly string[] {
  if (projectId === undefined) {
    if (state !== undefined) return ['s', state];
    return role === undefined ? ['a'] : ['r', role];
  }
  if (state !== undefined) return ['ps', projectId, state];
  return role === undefined ? ['p', projectId] : ['pr', projectId, role];
}

async function readAll(
  connection: Connection,
  keys: Keys,
  places: readonly Place[],
): Promise<readonly WorkflowSnapshot[]> {
  const found = await Promise.all(places.map(({ id }) => readWorkflow(connection, keys, id)));
  return found.flatMap((loaded) => (loaded === undefined ? [] : [loaded.snapshot]));
}
