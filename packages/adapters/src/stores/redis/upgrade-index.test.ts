import { createOrchestrator, type WorkflowStore } from '@baton/core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type PrivateRedis, redisMissing, startRedis } from '../testing/private-redis.ts';
import { createRedisStore } from './redis-store.ts';

describe.skipIf(redisMissing())('a database that an older version of Baton wrote', () => {
  let redis: PrivateRedis;
  const stores: WorkflowStore[] = [];
  beforeAll(async () => {
    redis = await startRedis(['--appendonly', 'no']);
  });
  afterEach(() => Promise.all(stores.splice(0).map((store) => store.close())));
  afterAll(() => redis.destroy());

  async function open(): Promise<WorkflowStore> {
    const store = await createRedisStore({ connection: redis.url, shards: 2, warn() {} });
    stores.push(store);
    return store;
  }

  /** Removes what the older version did not write. */
  async function makeOlder(): Promise<void> {
    const client = redis.connect();
    for (const key of await client.keys('*:workflow:*')) {
      await client.hdel(key, 'deadline', 'commit', 'awaiting', 'names');
      const { commitId: _, ...head } = JSON.parse((await client.hget(key, 'head')) ?? '');
      await client.hset(key, 'head', JSON.stringify(head));
    }
    for (const key of await client.keys('*:index')) {
      for (const member of await client.zrange(key, 0, '-1')) {
        const [list, role, , , notBefore, id] = member.split('\u0000');
        if (['d', 'q', 'n', 'm'].includes(list ?? '')) await client.zrem(key, member);
        if (list === 'q') await client.zadd(key, 0, ['w', role, notBefore, id].join('\u0000'));
      }
    }
    await client.hdel('baton:meta', 'deadlines', 'awaiting');
  }

  it('has its deadlines found, of those that are claimed as well, and is written on', async () => {
    const before = createOrchestrator({ store: await open() });
    const ids: string[] = [];
    for (let i = 0; i < 250; i++) {
      const build = { projectId: 'p', buildId: `b${i}`, userId: 'u', requirements: {} };
      ids.push((await before.start({ ...build, timeoutMs: 60_000 })).workflowId);
    }
    const [claimed = '', failed = ''] = ids;
    const roles = ['q_assistant'];
    await before.claim({ workflowId: claimed, worker: 'w', roles, leaseMs: 1000 });
    const given = { role: 'q_assistant', completedState: 'discovery', nextState: 'error' };
    await before.advance({ workflowId: failed, ...given, result: { reason: 'no way' } });
    await makeOlder();

    const store = await open();
    const now = Date.now() + 3_600_000;
    const found = await store.listOverdue({ now, limit: 1000 });
    expect(found.map(({ id }) => id).sort()).toEqual(ids.filter((id) => id !== failed).sort());
    expect(await store.listOverdue({ now: Date.now(), limit: 1000 })).toEqual([]);
    const back = { workflowId: claimed, targetState: 'discovery', reason: 'from the beginning' };
    await expect(createOrchestrator({ store }).rollback(back)).resolves.toMatchObject({
      revision: 3,
    });
    expect(await store.listOverdue({ now, limit: 1000 })).toHaveLength(249);
    const free = ids.filter((id) => id !== failed);
    const work = await store.listClaimable({ roles, now, limit: 1000 });
    expect(work.map(({ id }) => id).sort()).toEqual([...free].sort());
    expect(await redis.connect().hget('baton:meta', 'deadlines')).toBe('listed');
  });

  it('has what waits for a person listed, and builds found by their names', async () => {
    const before = createOrchestrator({ store: await open() });
    const roles = ['q_assistant'];
    const start = async (buildId: string) => {
      const build = { projectId: 'asking', buildId, userId: 'ada', requirements: {} };
      const { workflowId } = await before.start(build);
      const { claim } = await before.claim({ workflowId, worker: 'w', roles, leaseMs: 60_000 });
      return { workflowId, claimToken: claim.token, questions: [{ text: 'Which?' }] };
    };
    const asking = await start('asks');
    await before.ask(asking);
    await start('works');
    await makeOlder();

    const store = await open();
    const baton = createOrchestrator({ store });
    const waiting = async () => {
      const { workflows } = await baton.list({ awaiting: 'answers', projectId: 'asking' });
      return workflows.map(({ buildId }) => buildId);
    };
    expect(await waiting()).toEqual(['asks']);
    const projects = await store.listProjects({ after: '', limit: 9 });
    expect(projects).toContain('asking');
    expect(await redis.connect().hget('baton:meta', 'awaiting')).toBe('listed');
    const found = await baton.list({ search: 'WORK', projectId: 'asking' });
    expect(found.workflows).toMatchObject([{ buildId: 'works', userId: 'ada' }]);
    const { workflowId } = asking;
    await baton.answerQuestion({ workflowId, questionId: 'q1', answer: 'this', by: 'ada' });
    expect(await waiting()).toEqual([]);
  });
});
