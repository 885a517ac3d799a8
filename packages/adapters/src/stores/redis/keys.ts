import { crc32 } from 'node:zlib';
import type { WorkflowSnapshot } from '@baton/core';

/*
 * The keys. All keys of a shard have its number as their hash tag, so that one script can use them together.
 *
 * {prefix}:meta                          the parameters that the database was created with
 * {prefix}:{17}:workflow:{id}            a hash: the workflow with its outputs, handoffs, events, replies
 * {prefix}:{17}:index                    a sorted set by member, for lists of workflows
 * {prefix}:{17}:stats:{project}          a hash: the project's counters in this shard
 * {prefix}:{17}:usage:{month}:{project}   a hash: what the project has used in this month, in this shard
 * {prefix}:lease:{name}                  expires: the holder of this lease
 * {prefix}:{permits}:{name}              a sorted set: holders of a permit by when it ends
 * {prefix}:{documents:{collection}}:…  documents: a hash of them, their order, marks of recent writes
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
  /** What the project has used in a month, in the workflow's shard. */
  usageOf(id: string, projectId: string, month: string): string;
  usage(shard: number, projectId: string, month: string): string;
  lease(name: string): string;
  permit(name: string): string;
  /** The documents of a collection: their hash, and the sorted set of their keys. */
  documents(collection: string): readonly [documents: string, index: string];
  /** The mark of a write of a document. */
  documentWrite(collection: string, writeId: string): string;
  removed(id: string): string;
  build(projectId: string, buildId: string): string;
}

export function createKeys(prefix: string, shards: number): Keys {
  const tags = Array.from({ length: shards }, (_, shard) => `${prefix}:{${shard}}`);
  const tag = (shard: number): string => tags[shard] as string;
  const tagOf = (text: string): string => tag(crc32(text) % shards);
  const ofDocuments = (collection: string): string => `${prefix}:{documents:${collection}}`;
  return {
    shards,
    meta: metaKey(prefix),
    workflow: (id) => `${tagOf(id)}:workflow:${id}`,
    indexOf: (id) => `${tagOf(id)}:index`,
    index: (shard) => `${tag(shard)}:index`,
    statsOf: (id, projectId) => `${tagOf(id)}:stats:${projectId}`,
    stats: (shard, projectId) => `${tag(shard)}:stats:${projectId}`,
    usageOf: (id, projectId, month) => `${tagOf(id)}:usage:${month}:${projectId}`,
    usage: (shard, projectId, month) => `${tag(shard)}:usage:${month}:${projectId}`,
    lease: (name) => `${prefix}:lease:${name}`,
    // In one slot, because they are taken together.
    permit: (name) => `${prefix}:{permits}:${name}`,
    // In one slot, because they are changed together.
    documents: (collection) => [
      `${ofDocuments(collection)}:all`,
      `${ofDocuments(collection)}:index`,
    ],
    documentWrite: (collection, writeId) => `${ofDocuments(collection)}:written:${writeId}`,
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

/*
 * Members of a shard's index, ordered by bytes. The scripts in `lua/` write them. NUL, which no id contains,
 * separates the parts; times have 16 digits:
 *
 * a createdAt id                    all workflows
 * p project createdAt id            … of a project
 * o project                         the retention has removed workflows of it
 * s role state createdAt id         all workflows by role and state
 * t project role state createdAt id … of a project
 * q role project rank notBefore id  waits for the role, unclaimed; the rank is 100 less the priority
 * h role expiresAt notBefore id     waits for the role, claimed
 * n awaiting createdAt id           waits for a person
 * m awaiting project createdAt id   … of a project
 * c completedAt id                  complete
 * d timesOutAt id                   has work to do, and waits for no person
 *
 * Versions without priorities wrote 'w role notBefore id' in place of 'q …'.
 */

/** Separates the parts of a member. */
export const NUL = '\u0000';

/** A time as text, which the index and the scripts can compare; '' for none. */
export function timeText(at: number | undefined): string {
  return at === undefined ? '' : String(at).padStart(16, '0');
}

/** A priority as text that orders the highest first. */
export function rankText({ priority = 0 }: Pick<WorkflowSnapshot, 'priority'>): string {
  return String(100 - priority).padStart(3, '0');
}

/** The last two parts of a member: the time that orders it, and the workflow's id. */
export interface Place {
  readonly time: string;
  readonly id: string;
}

export function placeOf(member: string): Place {
  const parts = member.split(NUL);
  return { time: parts.at(-2) ?? '', id: parts.at(-1) ?? '' };
}

/** Compares by time, then by the bytes of the id. */
export function comparePlaces(a: Place, b: Place): number {
  if (a.time !== b.time) return a.time < b.time ? -1 : 1;
  return compareBytes(a.id, b.id);
}

/** Compares as Redis does, by code point; JavaScript's own order differs above U+FFFF. */
export function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
