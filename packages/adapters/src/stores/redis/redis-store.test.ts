import {
  createMemoryStore,
  createOrchestrator,
  exportWorkflow,
  importWorkflow,
  readWorkflowFile,
  type WorkflowEvent,
  type WorkflowStore,
} from '@baton/core';
import { describeStoreContract } from '@baton/core/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PrivateRedis, redisMissing, startRedis } from '../testing/private-redis.ts';
import { createRedisStore } from './redis-store.ts';

/** JavaScript calls take between 65,000 and 125,000 arguments; an event needs two. */
const MANY = 70_000;

describe.skipIf(redisMissing())('on a server of its own', () => {
  let redis: PrivateRedis;
  let prefixes = 0;

  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.destroy());

  describeStoreContract('the Redis store', async () => {
    const prefix = `test-${prefixes++}`;
    const opened: WorkflowStore[] = [];
    const open = async (): Promise<WorkflowStore> => {
      const store = await createRedisStore({ connection: redis.url, prefix });
      opened.push(store);
      return store;
    };
    return {
      store: await open(),
      another: async () => open(),
      destroy: async () => {
        await Promise.all(opened.map((store) => store.close()));
      },
    };
  });

  it('takes a workflow of more records than a call has room for', async () => {
    const memory = await createMemoryStore();
    const build = { projectId: 'p', buildId: 'b', userId: 'u', requirements: {} };
    const { workflowId } = await createOrchestrator({ store: memory }).start(build);
    const record = await readWorkflowFile(exportWorkflow(memory, workflowId));
    const [first] = record.events as [WorkflowEvent];
    const events = Array.from({ length: MANY }, (_, i) => ({ ...first, sequence: i + 1 }));
    const store = await createRedisStore({ connection: redis.url, prefix: 'large' });
    await importWorkflow(store, {
      ...record,
      snapshot: { ...record.snapshot, sequence: MANY },
      events,
    });
    const last = await store.readEvents({ workflowId, after: MANY - 1, limit: 10 });
    expect(last.map(({ sequence }) => sequence)).toEqual([MANY]);
    await store.close();
  });
});
