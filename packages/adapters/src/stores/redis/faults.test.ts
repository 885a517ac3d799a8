import { rmSync } from 'node:fs';
import { createOrchestrator, type Orchestrator, type WorkflowStore } from '@baton/core';
import { passingOutputs } from '@baton/core/testing';
import { Redis } from 'ioredis';
import { afterEach, describe, expect, it } from 'vitest';
import { type CuttingProxy, startCuttingProxy } from '../testing/cutting-proxy.ts';
import { type PrivateRedis, redisMissing, startRedis } from '../testing/private-redis.ts';
import { createRedisStore } from './redis-store.ts';
import { SCRIPTS } from './scripts.ts';
import { contents } from './testing/contents.ts';

const build = { projectId: 'p', buildId: 'b', userId: 'u', requirements: { a: 1 } };
const discovery = {
  role: 'q_assistant',
  completedState: 'discovery',
  result: passingOutputs.discovery,
};

/** How an injected instance retries commands whose reply was lost. */
interface Resending {
  readonly autoResendUnfulfilledCommands: boolean;
  readonly maxRetriesPerRequest: number | null;
}

describe.skipIf(redisMissing())('the Redis store, when things go wrong:', () => {
  const ends: (() => unknown)[] = [];

  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  async function aServer(settings: readonly string[] = []): Promise<PrivateRedis> {
    const redis = await startRedis(settings);
    ends.push(() => redis.destroy());
    const admin = redis.connect();
    for (const { text } of Object.values(SCRIPTS)) await admin.script('LOAD', text);
    return redis;
  }

  async function aProxy(redis: PrivateRedis): Promise<CuttingProxy> {
    const proxy = await startCuttingProxy(redis.port);
    ends.push(() => proxy.destroy());
    return proxy;
  }

  /** @param options those of an injected instance; without any, the store connects by itself. */
  async function open(
    url: string,
    options?: Resending,
    commandTimeoutMs = 2000,
  ): Promise<WorkflowStore> {
    const connection = options && new Redis(url, options);
    connection?.on('error', () => {});
    ends.push(() => connection?.disconnect());
    const store = await createRedisStore({
      connection: connection ?? url,
      shards: 4,
      commandTimeoutMs,
      warn() {},
    });
    ends.push(() => store.close());
    return store;
  }

  async function aWorkflow(store: WorkflowStore): Promise<[Orchestrator, string]> {
    const baton = createOrchestrator({ store });
    const { workflowId } = await baton.start(build);
    // Waits for the background work of the start.
    await store.readStats('p');
    return [baton, workflowId];
  }

  async function sequencesOf(store: WorkflowStore, workflowId: string): Promise<number[]> {
    const events = await store.readEvents({ workflowId, after: 0, limit: 1000 });
    return events.map(({ sequence }) => sequence);
  }

  describe('a connection that is cut in the middle of a reply', () => {
    it('does not make a commit a conflict with itself', async () => {
      const redis = await aServer();
      const proxy = await aProxy(redis);
      const store = await open(proxy.url);
      const [baton, workflowId] = await aWorkflow(store);
      const before = proxy.commands.length;
      const cut = proxy.cutAnswerTo('evalsha', 3).then(proxy.accept);
      expect(await baton.advance({ workflowId, ...discovery })).toMatchObject({
        state: 'planning',
        revision: 2,
      });
      await cut;
      const sent = proxy.commands.slice(before).filter((command) => command === 'evalsha');
      expect(sent).toHaveLength(2);
      expect(await sequencesOf(store, workflowId)).toEqual([1, 2]);
    });

    it('does not make it one either when others have gone on since', async () => {
      const redis = await aServer();
      const proxy = await aProxy(redis);
      const [baton, workflowId] = await aWorkflow(
        await open(proxy.url, { autoResendUnfulfilledCommands: true, maxRetriesPerRequest: null }),
      );
      const other = createOrchestrator({ store: await open(redis.url) });
      const cut = proxy.cutAnswerTo('evalsha', 3);
      const advanced = baton.advance({ workflowId, ...discovery });
      await cut;
      await other.rollback({ workflowId, targetState: 'discovery', reason: 'again' });
      proxy.accept();
      expect(await advanced).toMatchObject({ state: 'planning', revision: 2 });
      expect(await other.status({ workflowId })).toMatchObject({ state: 'discovery', revision: 3 });
    });

    it('is given up when it falls silent, and another one is made', async () => {
      const redis = await aServer();
      const proxy = await aProxy(redis);
      const store = await open(proxy.url, undefined, 400);
      const [baton, workflowId] = await aWorkflow(store);
      // On every connection that commits take turns on.
      const back = { workflowId, targetState: 'discovery', reason: 'again' };
      for (let i = 0; i < 4; i++) await baton.rollback(back);
      proxy.fallSilent();
      await expect(baton.rollback(back)).rejects.toMatchObject({ code: 'unavailable' });
      await expect.poll(() => store.load(workflowId).catch(() => undefined)).toBeDefined();
      for (let i = 0; i < 4; i++) {
        const moved = () =>
          baton.rollback(back).then(
            () => true,
            () => false,
          );
        await expect.poll(moved).toBe(true);
      }
    });

    it('does not make a start a second one', async () => {
      const redis = await aServer();
      const proxy = await aProxy(redis);
      const store = await open(proxy.url);
      for (const step of [1, 2]) {
        // Waits for the background work of the start.
        await store.readStats('p');
        const cut = proxy.cutAnswerTo('evalsha', 3, step).then(proxy.accept);
        const baton = createOrchestrator({ store });
        await expect(baton.start({ ...build, buildId: `b${step}` })).resolves.toMatchObject({
          revision: 1,
        });
        await cut;
      }
      expect(await store.readStats('p')).toMatchObject({ total: 2 });
    });

    it('is unavailable where nothing is sent again; the same request gets its reply', async () => {
      const redis = await aServer();
      const proxy = await aProxy(redis);
      const store = await open(proxy.url, {
        autoResendUnfulfilledCommands: false,
        maxRetriesPerRequest: 0,
      });
      const [baton, workflowId] = await aWorkflow(store);
      const request = { workflowId, ...discovery, requestId: 'r-1' };
      const cut = proxy.cutAnswerTo('evalsha', 3).then(proxy.accept);
      await expect(baton.advance(request)).rejects.toMatchObject({
        code: 'unavailable',
        retryable: true,
      });
      await cut;
      await expect
        .poll(() => baton.advance(request).catch(() => undefined))
        .toMatchObject({
          state: 'planning',
          revision: 2,
        });
    });
  });

  it('a start that died after its first step is finished by the next one of its build', async () => {
    const redis = await aServer();
    const proxy = await aProxy(redis);
    const dying = await open(proxy.url, {
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
    });
    const caller = createOrchestrator({ store: dying });
    await caller.list({});
    const cut = proxy.cutAnswerTo('evalsha', 0);
    const request = { ...build, requestId: 'r-1' };
    await expect(caller.start(request)).rejects.toMatchObject({ code: 'unavailable' });
    await cut;
    const store = await open(redis.url);
    const baton = createOrchestrator({ store });
    expect(await baton.list({})).toMatchObject({ workflows: [] });
    await expect(baton.start(build)).rejects.toMatchObject({ code: 'already_exists' });
    expect(await baton.start(request)).toMatchObject({ state: 'discovery', revision: 1 });
    expect(await store.readStats('p')).toMatchObject({ total: 1 });
    expect((await baton.list({})).workflows).toHaveLength(1);
  });

  it('a reservation for a workflow of another build blocks no build', async () => {
    const redis = await aServer();
    const store = await open(redis.url);
    const baton = createOrchestrator({ store });
    await baton.start({ ...build, requestId: 'r-1' });
    await expect(
      baton.start({ ...build, buildId: 'other', requestId: 'r-1' }),
    ).rejects.toMatchObject({ code: 'request_id_reused' });
    expect(await redis.connect().keys('*:build:*')).toHaveLength(1);
    await expect(baton.start({ ...build, buildId: 'other' })).resolves.toMatchObject({
      revision: 1,
    });
  });

  it('a commit, a status and a page are one command each at the wire', async () => {
    const redis = await aServer();
    const proxy = await aProxy(redis);
    const store = await open(proxy.url);
    const [baton, workflowId] = await aWorkflow(store);
    const page = { workflowId, after: 0, limit: 100 };
    for (const ask of [
      () => baton.advance({ workflowId, ...discovery, requestId: 'r-1' }),
      () => store.load(workflowId, 'r-1'),
      () => store.readHandoffs(page),
      () => store.readEvents(page),
    ]) {
      const before = proxy.commands.length;
      await ask();
      expect(proxy.commands.slice(before)).toEqual(['evalsha']);
    }
    const before = proxy.commands.length;
    await store.readStats('p');
    expect(proxy.commands.slice(before)).toEqual(Array(4).fill('hgetall'));
  });

  it('scripts that the server has forgotten are sent again', async () => {
    const redis = await aServer();
    const store = await open(redis.url);
    const [baton, workflowId] = await aWorkflow(store);
    await redis.connect().script('FLUSH');
    await expect(baton.advance({ workflowId, ...discovery })).resolves.toMatchObject({
      revision: 2,
    });
  });

  describe('a server that refuses to write is unavailable, and nothing is half written:', () => {
    const refusals: readonly (readonly [string, (redis: Redis) => Promise<unknown>])[] = [
      ['out of memory', (redis) => redis.config('SET', 'maxmemory', '1')],
      ['a read-only replica', (redis) => redis.call('REPLICAOF', '127.0.0.1', '1')],
      ['too few replicas', (redis) => redis.config('SET', 'min-replicas-to-write', '1')],
    ];

    it.each(refusals)('%s', async (_name, refuse) => {
      const redis = await aServer();
      const store = await open(redis.url);
      const [baton, workflowId] = await aWorkflow(store);
      const admin = redis.connect();
      const before = await contents(admin);
      await refuse(admin);
      await expect(baton.advance({ workflowId, ...discovery })).rejects.toMatchObject({
        code: 'unavailable',
        retryable: true,
      });
      expect(await contents(admin)).toEqual(before);
    });

    it('a disk that cannot be written (MISCONF)', async () => {
      const redis = await aServer(['--appendonly', 'no', '--save', '3600 1000000']);
      const store = await open(redis.url);
      const [baton, workflowId] = await aWorkflow(store);
      const admin = redis.connect();
      rmSync(redis.folder, { recursive: true });
      await admin.bgsave();
      await expect
        .poll(async () => (await admin.info('persistence')).includes('rdb_last_bgsave_status:err'))
        .toBe(true);
      await expect(baton.advance({ workflowId, ...discovery })).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringContaining('MISCONF'),
      });
    });
  });
});
