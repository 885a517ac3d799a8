import { crc32 } from 'node:zlib';

/*
 * The keys. All keys of a shard have its number as their hash tag, so that one script can use them together.
 *
 * {prefix}:meta                          the parameters that the database was created with
 * {prefix}:{17}:workflow:{id}            a hash: the workflow with its outputs, handoffs, events, replies
 * {prefix}:{17}:index                    a sorted set by member, for lists of workflows
 * {prefix}:{17}:stats:{project}          a hash: the project's counters in this shard
 * {prefix}:lease:{name}                  expires: the holder of this lease
 * {prefix}:{17}:removed:{id}             expires: the retention removed this workflow recently
 * {prefix}:{42}:build:["{project}","{build}"]  the workflow of this build id; in the shard of the build id
 */

export interface Keys {
  readonly shards: number;
  readonly meta: string;
  workflow(id: string): string;
  /** The index in the workflow's shard. */
  indexOf(id: string): string;
  index(shard: number): string;
  /** The project's counters in the workflow's shard. */
  statsOf(id: string, projectId: string): string;
  stats(shard: number, projectId: string): string;
  lease(name: string): string;
  removed(id: string): string;
  build(projectId: string, buildId: string): string;
}

export function createKeys(prefix: string, shards: number): Keys {
  const tags = Array.from({ length: shards }, (_, shard) => `${prefix}:{${shard}}`);
  const tag = (shard: number): string => tags[shard] as string;
  const tagOf = (text: string): string => tag(crc32(text) % shards);
  return {
    shards,
    meta: metaKey(prefix),
    workflow: (id) => `${tagOf(id)}:workflow:${id}`,
    indexOf: (id) => `${tagOf(id)}:index`,
    index: (shard) => `${tag(shard)}:index`,
    statsOf: (id, projectId) => `${tagOf(id)}:stats:${projectId}`,
    stats: (shard, projectId) => `${tag(shard)}:stats:${projectId}`,
    lease: (name) => `${prefix}:lease:${name}`,
    removed: (id) => `${tagOf(id)}:removed:${id}`,
    build(projectId, buildId) {
      const name = JSON.stringify([projectId, buildId]);
      return `${tagOf(name)}:build:${name}`;
    },
  };
}

/** This key does not depend on the number of shards. */
export function metaKey(prefix: string): string {
  return `${prefix}:meta`;
}
