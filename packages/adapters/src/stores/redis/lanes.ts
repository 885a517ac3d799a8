import type { Cluster, Redis } from 'ioredis';

/*
 * Redis reads some 16 KiB of a connection, runs what that holds, syncs its append-only file once and
 * only then reads on: on one connection a batch of 64 commits cost six syncs. What several
 * connections bring in the same turn shares a sync.
 */

/** The clients that a batch is spread over, the given one first. */
export type Lanes = readonly (Redis | Cluster)[];

/** About what Redis reads of a connection at once: fewer commits are not worth another. */
const COMMITS_PER_TURN = 4;

/** More connections as `client` is one; they connect when they are first used. */
export function openLanes(client: Redis, count: number): Lanes {
  const more = Array.from({ length: count - 1 }, () => {
    const lane = client.duplicate({ lazyConnect: true });
    // Every command that fails says so itself; without a listener ioredis prints each attempt.
    lane.on('error', () => {});
    return lane;
  });
  return [client, ...more];
}

/** A batch in parts of much the same size, in its order, with the client of each. */
export function spread<T>(batch: readonly T[], lanes: Lanes): [Redis | Cluster, readonly T[]][] {
  const parts = Math.min(lanes.length, Math.ceil(batch.length / COMMITS_PER_TURN));
  return lanes.slice(0, parts).map((client, i) => {
    const from = Math.round((i * batch.length) / parts);
    return [client, batch.slice(from, Math.round(((i + 1) * batch.length) / parts))];
  });
}
