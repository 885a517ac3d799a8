import { setTimeout as sleep } from 'node:timers/promises';
import { BatonError, type SupersededBy } from '@baton/core';
import { parseJson } from '@baton/core/internal';
import { backoffMs } from '@baton/core/waits';
import type { NewArtifact } from '../artifact-backend.ts';
import { compress, decompress } from '../packing.ts';
import type { Bucket, StoredObject } from './bucket.ts';
import { inParallel } from './in-parallel.ts';

/*
 * The index of a workflow says which artifacts and marks it has. Each version of it is an object of its own,
 * `index/<workflow>/<version>`.
 * 1. A version is created, never replaced: of two writers, one gets it, and the other begins anew.
 * 2. The newest version counts. It stays: only older ones are removed. So versions never go back, and one that a late
 *    writer creates in a gap below counts for nothing.
 * 3. A version without artifacts and marks is an empty object. It stays when a workflow is removed, because of 2; the
 *    versions that it follows go.
 */

export type IndexedArtifact = Omit<NewArtifact, 'workflowId'> & {
  readonly number: number;
  /** Name of the object with the content. */
  readonly object: string;
};

export interface WorkflowIndex {
  readonly artifacts: readonly IndexedArtifact[];
  readonly marks: readonly SupersededBy[];
  /** The version that content was last swept at: what was written before it and is not named here may be gone. */
  readonly sweptAt: number;
}

interface VersionedIndex extends WorkflowIndex {
  /** 0 where there is none yet. */
  readonly version: number;
  /** Keys of earlier versions. */
  readonly earlier: readonly string[];
}

/** A version as a list of objects shows it. */
interface Version {
  readonly workflowId: string;
  readonly version: number;
  readonly key: string;
  readonly size: number;
  /** By the server's clock, in milliseconds since the Unix epoch. */
  readonly modifiedAt: number;
}

interface ListedIndexes {
  readonly newest: ReadonlyMap<string, Version>;
  readonly followed: readonly Version[];
}

export interface WorkflowIndexes {
  /** @param listed the newest version of a list that may be old; spares a request. Default: what is newest now. */
  read(workflowId: string, listed?: Version): Promise<VersionedIndex>;
  /**
   * Makes the version that follows on `base`. False where another came first, or where it cannot be told:
   * what is read then shows whether this one counted.
   */
  follow(workflowId: string, base: VersionedIndex, next: WorkflowIndex): Promise<boolean>;
  /** The newest version of each workflow that has artifacts or marks, and the keys of versions that others followed. */
  listAll(): Promise<ListedIndexes>;
  /** Removes all versions of a workflow but the newest. */
  removeFollowed(workflowId: string): Promise<void>;
}

const DIGITS = 10;
const EMPTY: WorkflowIndex = { artifacts: [], marks: [], sweptAt: 0 };
const MOST_INDEX_BYTES = 256 * 1024 * 1024;

const folderOf = (workflowId: string) => `index/${workflowId}/`;
const keyOf = (workflowId: string, version: number) =>
  folderOf(workflowId) + String(version).padStart(DIGITS, '0');

export function createWorkflowIndexes(bucket: Bucket): WorkflowIndexes {
  async function versionsOf(workflowId: string): Promise<readonly Version[]> {
    const found: Version[] = [];
    for await (const object of bucket.list(folderOf(workflowId))) {
      const one = versionOf(object);
      if (one !== undefined) found.push(one);
    }
    return found.sort((a, b) => a.version - b.version);
  }

  return {
    read(workflowId, listed) {
      let known = listed;
      return untilSettled(`the artifacts of workflow ${workflowId}`, async () => {
        const versions = known === undefined ? await versionsOf(workflowId) : [known];
        known = undefined;
        const newest = versions.at(-1);
        if (newest === undefined) return { ...EMPTY, version: 0, earlier: [] };
        const { version, key, size } = newest;
        const earlier = versions.slice(0, -1).map((one) => one.key);
        if (size === 0) return { ...EMPTY, sweptAt: version, version, earlier };
        const body = await bucket.get(key);
        // Two newer ones have come since it was listed.
        if (body === undefined) return undefined;
        return { ...(await decoded(body, `${key} in ${bucket.name}`)), version, earlier };
      });
    },

    async follow(workflowId, base, next) {
      const version = base.version + 1;
      const [created] = await Promise.all([
        bucket.create(keyOf(workflowId, version), await encoded(next)),
        ...base.earlier.map((key) => bucket.remove(key)),
      ]);
      if (!created) return false;
      return (await versionsOf(workflowId)).at(-1)?.version === version;
    },

    async listAll() {
      const newest = new Map<string, Version>();
      const followed: Version[] = [];
      for await (const object of bucket.list('index/')) {
        const one = versionOf(object);
        const known = one && newest.get(one.workflowId);
        if (one === undefined) continue;
        if (known === undefined || known.version < one.version) newest.set(one.workflowId, one);
        if (known !== undefined) followed.push(known.version < one.version ? known : one);
      }
      for (const [workflowId, { size }] of newest) if (size === 0) newest.delete(workflowId);
      return { newest, followed };
    },

    async removeFollowed(workflowId) {
      const followed = (await versionsOf(workflowId)).slice(0, -1);
      await inParallel(followed, ({ key }) => bucket.remove(key));
    },
  };
}

const KEY = /^index\/([A-Za-z0-9_-]+)\/(\d+)$/;

function versionOf(object: StoredObject): Version | undefined {
  const [, workflowId, version] = KEY.exec(object.key) ?? [];
  return workflowId === undefined ? undefined : { ...object, workflowId, version: Number(version) };
}

const MOST_ATTEMPTS = 100;
const WAITS = { initialMs: 5, maxMs: 500 };

/**
 * Asks again, with growing waits, while others come first.
 *
 * @throws BatonError `unavailable` when they do so too often.
 */
export async function untilSettled<T>(
  what: string,
  attempt: () => Promise<T | undefined>,
): Promise<T> {
  for (let n = 1; n <= MOST_ATTEMPTS; n++) {
    const result = await attempt();
    if (result !== undefined) return result;
    await sleep(backoffMs(n, WAITS, Math.random));
  }
  const text = `${what}: others came first ${MOST_ATTEMPTS} times, expected to be alone once`;
  throw new BatonError('unavailable', text);
}

async function encoded({ artifacts, marks, sweptAt }: WorkflowIndex): Promise<Uint8Array> {
  if (artifacts.length === 0 && marks.length === 0) return new Uint8Array();
  return compress(Buffer.from(JSON.stringify({ artifacts, marks, sweptAt })));
}

async function decoded(body: AsyncIterable<Uint8Array>, what: string): Promise<WorkflowIndex> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  try {
    const text = await decompress(Buffer.concat(chunks), { maxOutputLength: MOST_INDEX_BYTES });
    return parseJson(text.toString('utf8')) as unknown as WorkflowIndex;
  } catch (cause) {
    throw new BatonError('data_loss', `${what} cannot be read as an index`, { cause });
  }
}
