import { BatonError } from '@baton/core';
import { damaged, type FullRange, type Packing } from '../packing.ts';
import type { Bucket } from './bucket.ts';
import { packFramed, readFramed } from './framed-content.ts';
import { inParallel } from './in-parallel.ts';
import type { WorkflowIndexes } from './workflow-indexes.ts';

/** Objects of one workflow that are next to each other in a list. */
interface ContentObjects {
  readonly workflowId: string;
  readonly objects: readonly string[];
}

const KEY = /^content\/([A-Za-z0-9_-]+)\/([0-9a-f]{64}\.[0-9a-f]{16})$/;
const keyOf = (workflowId: string, object: string) => `content/${workflowId}/${object}`;

/** The content in a bucket: `content/<workflow>/<digest>.<random>`. */
export function contentOf(bucket: Bucket, indexes: Pick<WorkflowIndexes, 'read'>) {
  const { name } = bucket;

  const packing: Packing = {
    pack: packFramed,
    async read(workflowId, digest, range) {
      const find = async () =>
        (await indexes.read(workflowId)).artifacts.find((one) => one.digest === digest);
      const found = await find();
      if (found === undefined) return undefined;
      const fetch = async (part?: FullRange) => {
        const body = await bucket.get(keyOf(workflowId, found.object), part);
        if (body !== undefined) return body;
        if ((await find())?.object === found.object) throw damaged(digest, name, 'it is missing');
        const text = `${name} has the artifact ${digest} of workflow ${workflowId} no more`;
        throw new BatonError('not_found', text);
      };
      return readFramed(found, range, fetch, name);
    },
  };

  return {
    packing,

    write: (workflowId: string, object: string, packed: Uint8Array): Promise<void> =>
      bucket.put(keyOf(workflowId, object), packed),

    remove: (workflowId: string, objects: Iterable<string>): Promise<void> =>
      inParallel(objects, (object) => bucket.remove(keyOf(workflowId, object))),

    /** What was written before that time by the server's clock. */
    async *writtenBefore(before: number): AsyncGenerator<ContentObjects> {
      let group: { readonly workflowId: string; readonly objects: string[] } | undefined;
      for await (const { key, modifiedAt } of bucket.list('content/')) {
        const [, workflowId, object] = KEY.exec(key) ?? [];
        if (workflowId === undefined || object === undefined || modifiedAt >= before) continue;
        if (group?.workflowId !== workflowId) {
          if (group !== undefined) yield group;
          group = { workflowId, objects: [] };
        }
        group.objects.push(object);
      }
      if (group !== undefined) yield group;
    },
  };
}
