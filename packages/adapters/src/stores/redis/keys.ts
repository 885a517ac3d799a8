import { crc32 } from 'node:zlib';

/*
 * Where things are. Every key of a shard has the shard's number as its hash tag, so that one script
 * may use them together.
 *
 * {prefix}:meta                          what the database was made with
 * {prefix}:{17}:workflow:{id}            a hash: the workflow with its outputs, handoffs, events, replies
 * {prefix}:{17}:index                    a sorted set by member: where listings find workflows
 * {prefix}:{17}:stats:{project}          a hash: the project's counters in this shard
 * {prefix}:lease:{name}                  expires: who has this lease
 * {prefix}:{17}:removed:{id}             expires: the retention removed this workflow not long ago
 * {prefix}:{42}:build:["{project}","{build}"]  who has this build id; the shard is the build's own
 */

export interface Keys {
  readonly shards: number;
  readonly meta: string;
  workflow(id: string): string;
  /** The index of the workflow's shard. */
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

/** Known before the number of shards is. */
export function metaKey(prefix: string): string {
  return `${prefix}:meta`;
}
