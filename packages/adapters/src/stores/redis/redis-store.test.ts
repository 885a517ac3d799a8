import type { WorkflowStore } from '@baton/core';
import { describeStoreContract } from '@baton/core/testing';
import { afterAll, beforeAll, describe } from 'vitest';
import { type PrivateRedis, redisMissing, startRedis } from '../testing/private-redis.ts';
import { createRedisStore } from './redis-store.ts';

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
    const open = (): WorkflowStore => {
      const store = createRedisStore({ connection: redis.url, prefix });
      opened.push(store);
      return store;
    };
    return {
      store: open(),
      another: async () => open(),
      destroy: async () => {
        await Promise.all(opened.map((store) => store.close()));
      },
    };
  });
});
