import { crc32 } from 'node:zlib';
import { createOrchestrator, type WorkflowStore } from '@baton/core';
import { createFakeClock } from '@baton/core/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type CuttingProxy, startCuttingProxy } from '../testing/cutting-proxy.ts';
import { type PrivateRedis, redisMissing, startRedis } from '../testing/private-redis.ts';
import { createRedisStore } from './redis-store.ts';

const SHARDS = 4;
const LEASE_MS = 1000;

describe.skipIf(redisMissing())('listings over shards', () => {
  let redis: PrivateRedis;
  let proxy: CuttingProxy;
  let store: WorkflowStore;
  let prefixes = 0;
  const clock = createFakeClock();

  beforeAll(async () => {
    redis = await startRedis(['--appendonly', 'no']);
    proxy = await startCuttingProxy(redis.port);
  });
  afterEach(() => store.close());
  afterAll(async () => {
    await proxy.destroy();
    await redis.destroy();
  });

  /** Starts workflows with these ids in order, and advances the clock after every other one. */
  async function start(ids: readonly string[]) {
    const prefix = `list-${prefixes++}`;
    store = await createRedisStore({ connection: proxy.url, prefix, shards: SHARDS, warn() {} });
    const left = [...ids];
    const baton = createOrchestrator({
      store,
      clock,
      ids: { workflowId: () => left.shift() ?? '', claimToken: () => 'token' },
    });
    for (const [i, buildId] of ids.entries()) {
      await baton.start({ projectId: 'p', buildId, userId: 'u', requirements: {} });
      if (i % 2 === 1) clock.advance(1);
    }
    // Waits for the background work of the last start.
    await store.readStats('p');
    return baton;
  }

  async function walk(limit: number): Promise<string[]> {
    const found: string[] = [];
    for (let after: { createdAt: number; id: string } | undefined; ; ) {
      const page = await store.listWorkflows({ projectId: 'p', limit, ...(after && { after }) });
      found.push(...page.map(({ id }) => id));
      after = page.at(-1);
      if (page.length < limit) return found;
    }
  }

  it('are whole and in order when one shard has nearly everything', async () => {
    const crowded = Array.from({ length: 400 }, (_, i) => `wf-${i}`)
      .filter((id) => crc32(id) % SHARDS === 0)
      .slice(0, 60);
    const others = Array.from({ length: 400 }, (_, i) => `wf-${i}`)
      .filter((id) => crc32(id) % SHARDS === 3)
      .slice(0, 2);
    const ids = [...crowded, ...others].sort();
    await start(ids);
    const all = (await store.listWorkflows({ limit: 1000 })).map(({ id }) => id);
    expect(all).toEqual(ids);
    for (const limit of [1, 7, 40]) expect(await walk(limit)).toEqual(ids);
  });

  it('go by the bytes of the ids, not by their UTF-16 units', async () => {
    await start(['\u{1F3C3}', '\uFFEE']);
    expect(await walk(1)).toEqual(['\uFFEE', '\u{1F3C3}']);
  });

  it('cost by the page, not by the project', async () => {
    await start(Array.from({ length: 40 }, (_, i) => `wf-${i}`));
    const before = proxy.commands.length;
    await store.listWorkflows({ projectId: 'p', limit: 2 });
    expect(proxy.commands.length - before).toBe(SHARDS + 2);
  });

  it('find work whose claim has expired in its old place', async () => {
    const baton = await start(['a', 'b', 'c', 'd']);
    await baton.claim({ workflowId: 'a', worker: 'w', roles: ['q_assistant'], leaseMs: LEASE_MS });
    const find = async (limit: number) => {
      const query = { roles: ['q_assistant', 'code_writer'], now: clock.now(), limit };
      return (await store.listClaimable(query)).map(({ id }) => id);
    };
    expect(await find(10)).toEqual(['b', 'c', 'd']);
    await store.renewClaim({
      workflowId: 'a',
      token: 'token',
      expiresAt: clock.now() + 2 * LEASE_MS,
    });
    clock.advance(LEASE_MS);
    expect(await find(10)).toEqual(['b', 'c', 'd']);
    clock.advance(LEASE_MS);
    expect(await find(10)).toEqual(['a', 'b', 'c', 'd']);
    expect(await find(1)).toEqual(['a']);
  });

  it('leave out what an older version of Baton took out of its waiting', async () => {
    await start(['a', 'b', 'c']);
    const client = redis.connect();
    const keys = await client.keys(`list-${prefixes - 1}:*:workflow:b`);
    const [, shard] = /(\{\d+\})/.exec(keys[0] ?? '') ?? [];
    const createdAt = (await store.load('b'))?.snapshot.createdAt;
    const place = ['n', 'answers', String(createdAt).padStart(16, '0'), 'b'].join('\u0000');
    await client.zadd(`list-${prefixes - 1}:${shard}:index`, 0, place);
    expect(await store.listNames({ awaiting: 'answers', limit: 1 })).toMatchObject([{ id: 'b' }]);
    expect(await store.listWorkflows({ awaiting: 'answers', limit: 1 })).toEqual([]);
  });

  it('by state and role at once hold what has both', async () => {
    const baton = await start(['a', 'b']);
    await baton.advance({
      workflowId: 'a',
      role: 'q_assistant',
      completedState: 'discovery',
      nextState: 'error',
    });
    const find = async (state: string, role: string) =>
      (await store.listWorkflows({ state, role, limit: 5 })).map(({ id }) => id);
    expect(await find('discovery', 'q_assistant')).toEqual(['b']);
    expect(await find('error', 'q_assistant')).toEqual([]);
    expect((await store.listWorkflows({ state: 'error', limit: 5 })).map(({ id }) => id)).toEqual([
      'a',
    ]);
  });
});
