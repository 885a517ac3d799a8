import { createOrchestrator, type WorkflowStore } from '@baton/core';
import { NO_USAGE } from '@baton/core/internal';
import { passingOutputs } from '@baton/core/testing';
import type { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type PrivateRedis, redisMissing, startRedis } from '../testing/private-redis.ts';
import { createRedisStore } from './redis-store.ts';
import { contents } from './testing/contents.ts';

const build = { projectId: 'p', userId: 'u', requirements: { a: 1 } };
const discovery = {
  role: 'q_assistant',
  completedState: 'discovery',
  result: passingOutputs.discovery,
};

describe.skipIf(redisMissing())('a record in Redis that cannot be read', () => {
  let redis: PrivateRedis;
  let admin: Redis;
  const opened: WorkflowStore[] = [];
  const lines: string[] = [];

  beforeAll(async () => {
    redis = await startRedis();
    admin = redis.connect();
  });
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
    lines.length = 0;
    await admin.flushall();
  });
  afterAll(() => redis.destroy());

  /** Workflows of one store. */
  async function started(count: number) {
    const store = await createRedisStore({
      connection: redis.url,
      shards: 4,
      warn: (line) => lines.push(line),
    });
    opened.push(store);
    const baton = createOrchestrator({ store });
    const ids: string[] = [];
    for (let i = 0; i < count; i++) {
      ids.push((await baton.start({ ...build, buildId: `b${i}` })).workflowId);
    }
    // Waits for the background work of the starts.
    await store.readStats('p');
    return { store, baton, ids };
  }

  async function keyOf(record: string): Promise<string> {
    const [key = ''] = (await admin.keys('baton:*')).filter((found) =>
      found.split(':').slice(2).join(':').startsWith(record),
    );
    return key;
  }

  it.each([
    ['workflow', 'set'],
    ['workflow', 'field'],
    ['index', 'set'],
    ['stats', 'field'],
  ])('is named and left as it is: %s (%s)', async (record, damage) => {
    const { baton, ids } = await started(1);
    const key = await keyOf(record);
    if (damage === 'set') await admin.set(key, 'oops');
    else await admin.hset(key, record === 'stats' ? 'failures:discovery' : 'now', 'oops');
    const before = await contents(admin);
    // A commit that changes counters.
    const fail = () =>
      baton.advance({ workflowId: ids[0] ?? '', ...discovery, nextState: 'error' });
    await expect(fail()).rejects.toMatchObject({ code: 'data_loss', metadata: { key } });
    expect(await contents(admin)).toEqual(before);
  });

  it.each([
    ['e:1', '{}', 'expected a list of 7'],
    ['e:1', '[1]', 'expected a list of 7'],
    ['h:1', '[]', 'expected a list of 6'],
    ['r:start', '[]', 'expected a list of 2'],
  ])('is named when it has another shape: %s is %s', async (field, text, problem) => {
    const { store, baton, ids } = await started(1);
    const workflowId = ids[0] ?? '';
    await baton.advance({ workflowId, ...discovery });
    const key = await keyOf('workflow');
    await admin.hset(key, field, text);
    const page = { workflowId, after: 0, limit: 10 };
    const read = async () => {
      if (field.startsWith('e:')) return store.readEvents(page);
      if (field.startsWith('h:')) return store.readHandoffs(page);
      return store.load(workflowId, 'start');
    };
    await expect(read()).rejects.toMatchObject({
      code: 'data_loss',
      message: `the Redis key '${key}' cannot be read: field ${field}: ${problem}`,
    });
  });

  it('is named when it is what was used, and keeps what uses more from being written', async () => {
    const { store, baton, ids } = await started(1);
    const workflowId = ids[0] ?? '';
    const usage = { ...NO_USAGE, requests: 1 };
    const advance = () => baton.advance({ workflowId, ...discovery, usage });
    const back = () => baton.rollback({ workflowId, targetState: 'discovery', reason: 'again' });
    await advance();
    const key = await keyOf('usage');
    const counted = Object.entries(await admin.hgetall(key));
    const [field = '', whole = ''] = counted.find(([name]) => name.includes('q_assistant')) ?? [];
    const query = { projectId: 'p', from: '2020-01-01', to: '2040-01-01', limit: 9 };
    await back();
    for (const [name, text] of [
      [field, 'oops'],
      ['oops', '1 2 3 4 5 6 7 8 9 10 11'],
      ['["01","role","model"]', '1'],
    ] as const) {
      await admin.hset(key, name, text);
      await expect(store.readUsage(query)).rejects.toMatchObject({
        code: 'data_loss',
        metadata: { key },
      });
      if (name === field) {
        const before = await contents(admin);
        await expect(advance()).rejects.toMatchObject({ code: 'data_loss', metadata: { key } });
        expect(await contents(admin)).toEqual(before);
      }
      if (name !== field) await admin.hdel(key, name);
      else await admin.hset(key, name, whole);
    }
    await admin.set(key, 'oops');
    await expect(store.readUsage(query)).rejects.toMatchObject({ code: 'data_loss' });
    await expect(advance()).rejects.toMatchObject({ code: 'data_loss', metadata: { key } });
  });

  it('keeps no neighbour in a batch from being written', async () => {
    const { baton, ids } = await started(3);
    await admin.set(await keyOf(`workflow:${ids[1]}`), 'oops');
    const settled = await Promise.allSettled(
      ids.map((workflowId) => baton.advance({ workflowId, ...discovery })),
    );
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it.each([
    ['head', '{}', 'state: expected string, found undefined'],
    ['head', '[]', 'state: expected string, found undefined'],
    ['head', 'null', 'field head'],
    ['fixed', '{}', 'id: expected string, found undefined'],
  ])('does not hide other work: %s is %s', async (field, text, problem) => {
    const { store, ids } = await started(3);
    const [bad = '', ...others] = ids;
    const key = await keyOf(`workflow:${bad}`);
    await admin.hset(key, field, text);
    await expect(store.load(bad)).rejects.toMatchObject({
      code: 'data_loss',
      metadata: { key },
      message: expect.stringContaining(problem),
    });
    const query = { roles: ['q_assistant'], now: Date.now() + 1000, limit: 10 };
    for (let turn = 0; turn < 2; turn++) {
      const found = await store.listClaimable(query);
      // Records of the same millisecond are ordered by their random ids.
      expect(found.map(({ id }) => id).sort()).toEqual(others.toSorted());
      const listed = await store.listWorkflows({ limit: 2 });
      expect(listed.map(({ id }) => id).sort()).toEqual(others.toSorted());
    }
    expect(lines).toEqual([expect.stringContaining(`'${key}' cannot be read`)]);
  });
});
