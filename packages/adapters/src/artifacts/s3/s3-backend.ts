import { randomBytes } from 'node:crypto';
import { canonicalJson } from '@baton/core/internal';
import type { ArtifactBackend, WorkflowArtifacts } from '../artifact-backend.ts';
import type { Bucket } from './bucket.ts';
import { contentOf } from './content-objects.ts';
import { inParallel } from './in-parallel.ts';
import {
  createWorkflowIndexes,
  type IndexedArtifact,
  untilSettled,
  type WorkflowIndex,
} from './workflow-indexes.ts';

/*
 * 1. Content is written before the index that names it, under a name of its own for each write. So who removes what a
 *    removed index named removes no content that is being written anew.
 * 2. Who removes content that no index names first makes a version of the index that says so (`sweptAt`). A writer
 *    whose content may be among it cannot finish without reading that version, and then writes its content again.
 */

export function createS3Backend(bucket: Bucket): ArtifactBackend {
  const indexes = createWorkflowIndexes(bucket);
  const content = contentOf(bucket, indexes);
  const settled = <T>(workflowId: string, attempt: () => Promise<T | undefined>): Promise<T> =>
    untilSettled(`the artifacts of workflow ${workflowId} in ${bucket.name}`, attempt);

  /** Removes what no index names of these objects; answers how many. */
  async function sweep(workflowId: string, objects: readonly string[]): Promise<number> {
    const orphans = await settled(workflowId, async () => {
      const index = await indexes.read(workflowId);
      const unnamed = unnamedOf(index, objects);
      if (unnamed.length === 0) return unnamed;
      const next = { ...index, sweptAt: index.version + 1 };
      return (await indexes.follow(workflowId, index, next)) ? unnamed : undefined;
    });
    await content.remove(workflowId, orphans);
    return orphans.length;
  }

  return {
    name: bucket.name,
    packing: content.packing,

    async keep({ workflowId, ...artifact }, packed, room) {
      const { identity, digest } = artifact;
      let written: { readonly object: string; readonly sweptAt: number } | undefined;
      const kept = await settled(workflowId, async () => {
        const index = await indexes.read(workflowId);
        const known = index.artifacts.find((one) => one.identity === identity);
        if (known !== undefined) return { index, one: known };
        let object = index.artifacts.find((one) => one.digest === digest)?.object;
        if (object === undefined) {
          if (bytesOf(index) + packed.length > room) return { index };
          if (written?.sweptAt !== index.sweptAt) {
            const name = `${digest}.${randomBytes(8).toString('hex')}`;
            await content.write(workflowId, name, packed);
            written = { object: name, sweptAt: index.sweptAt };
          }
          object = written.object;
        }
        const number = (index.artifacts.at(-1)?.number ?? 0) + 1;
        const one: IndexedArtifact = { ...artifact, number, object };
        const next = { ...index, artifacts: [...index.artifacts, one] };
        const done = await indexes.follow(workflowId, index, next);
        return done ? { index: next, one } : undefined;
      });
      // Another writer was faster, with the same or with what took the room.
      if (written !== undefined) {
        await content.remove(workflowId, unnamedOf(kept.index, [written.object]));
      }
      return kept.one && toStored(workflowId, kept.one);
    },

    async list({ workflowId, state, attempt, kind, after, limit }) {
      const { artifacts } = await indexes.read(workflowId);
      const found = artifacts.filter(
        (one) =>
          one.number > after &&
          (state === undefined || one.state === state) &&
          (attempt === undefined || one.attempt === attempt) &&
          (kind === undefined || one.kind === kind),
      );
      return found.slice(0, limit).map((one) => toStored(workflowId, one));
    },

    async mark(workflowId, by) {
      const said = canonicalJson(by);
      await settled(workflowId, async () => {
        const index = await indexes.read(workflowId);
        if (index.marks.some((mark) => canonicalJson(mark) === said)) return true;
        const next = { ...index, marks: [...index.marks, by] };
        return (await indexes.follow(workflowId, index, next)) || undefined;
      });
    },

    marks: async (workflowId) => (await indexes.read(workflowId)).marks,

    async workflows() {
      const found: WorkflowArtifacts[] = [];
      await inParallel((await indexes.listAll()).newest, async ([workflowId, listed]) => {
        const index = await indexes.read(workflowId, listed);
        const times = index.artifacts.map(({ createdAt }) => createdAt);
        if (times.length === 0) return;
        const newestAt = times.reduce((a, b) => Math.max(a, b));
        found.push({ workflowId, newestAt, bytes: bytesOf(index) });
      });
      return found;
    },

    async remove(workflowId) {
      const gone = new Set<string>();
      await settled(workflowId, async () => {
        const index = await indexes.read(workflowId);
        const isGone = gone.size > 0 && !index.artifacts.some(({ object }) => gone.has(object));
        if (isGone) return true;
        for (const { object } of index.artifacts) gone.add(object);
        const next = { artifacts: [], marks: [], sweptAt: index.version + 1 };
        return (await indexes.follow(workflowId, index, next)) || undefined;
      });
      await content.remove(workflowId, gone);
      await indexes.removeFollowed(workflowId);
    },

    async removeOrphans(before) {
      const { newest: listed, followed } = await indexes.listAll();
      const old = followed.filter(({ modifiedAt }) => modifiedAt < before);
      await inParallel(old, ({ key }) => bucket.remove(key));
      let count = 0;
      for await (const { workflowId, objects } of content.writtenBefore(before)) {
        const newest = listed.get(workflowId);
        // What a list showed a moment ago names almost all: only the rest is worth a look at what is newest.
        const suspects =
          newest === undefined
            ? objects
            : unnamedOf(await indexes.read(workflowId, newest), objects);
        if (suspects.length > 0) count += await sweep(workflowId, suspects);
      }
      return count;
    },

    explain: bucket.explain,

    async close() {
      bucket.close();
    },
  };
}

function toStored(workflowId: string, { identity: _, object: __, ...one }: IndexedArtifact) {
  return { workflowId, ...one };
}

function unnamedOf({ artifacts }: WorkflowIndex, objects: readonly string[]): readonly string[] {
  const named = new Set(artifacts.map(({ object }) => object));
  return objects.filter((object) => !named.has(object));
}

/** Content that several artifacts have counts once. */
function bytesOf({ artifacts }: WorkflowIndex): number {
  const sizes = new Map(artifacts.map(({ object, compressedSize }) => [object, compressedSize]));
  return [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
}
