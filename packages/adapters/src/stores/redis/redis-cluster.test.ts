import { setTimeout as sleep } from 'node:timers/promises';
import { createOrchestrator, type WorkflowStore } from '@baton/core';
import { describeStoreContract, passingOutputs } from '@baton/core/testing';
import type { Cluster } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { redisMissing, startRedis } from '../testing/private-redis.ts';
import { type PrivateRedisCluster, startRedisCluster } from '../testing/private-redis-cluster.ts';
import { createRedisStore } from './redis-store.ts';

describe.skipIf(redisMissing())('on a cluster of three masters', () => {
  let cluster: PrivateRedisCluster;
  let client: Cluster;
  let prefixes = 0;

  beforeAll(async () => {
    cluster = await startRedisCluster();
    client = cluster.connect();
  });
  afterAll(async () => {
    client.disconnect();
    await cluster.destroy();
  });

  const open = (prefix: string, shards = 8): Promise<WorkflowStore> =>
    createRedisStore({ connection: client, prefix, shards });

  describeStoreContract('the Redis store', async () => {
    const prefix = `test-${prefixes++}`;
    const store = await open(prefix);
    return { store, another: () => open(prefix), destroy: () => store.close() };
  });

  it('refuses a cluster of which one master evicts, on a connection that is not up yet', async () => {
    const admin = cluster.servers[2]?.connect();
    await admin?.config('SET', 'maxmemory-policy', 'allkeys-lru');
    const fresh = cluster.connect();
    const evicting = () => createRedisStore({ connection: fresh, prefix: 'evicting', warn() {} });
    await expect(evicting()).rejects.toMatchObject({ code: 'invalid_input' });
    await admin?.config('SET', 'maxmemory-policy', 'noeviction');
    const store = await evicting();
    await expect(store.readStats('p')).resolves.toMatchObject({ total: 0 });
    await store.close();
    fresh.disconnect();
  });

  it('is found by a URL that names some of its nodes', async () => {
    const hosts = cluster.servers.slice(1).map(({ port }) => `127.0.0.1:${port}`);
    const url = `redis+cluster://127.0.0.1:1,${hosts.join()}`;
    const store = await createRedisStore({
      connection: url,
      prefix: 'by-url',
      shards: 8,
      warn() {},
    });
    const { workflowId } = await createOrchestrator({ store }).start(aBuild(0));
    expect((await (await open('by-url')).load(workflowId))?.snapshot.revision).toBe(1);
    await store.close();
  });

  it('is told of at once when no server answers, or no server has slots', async () => {
    const empty = await startRedis(['--cluster-enabled', 'yes']);
    onTestFinished(() => empty.destroy());
    for (const [port, why] of [
      [1, 'None of startup nodes is available'],
      [empty.port, 'no node reported its slots within 500 ms'],
    ] as const) {
      const connection = `redis+cluster://127.0.0.1:${port}`;
      const opening = createRedisStore({ connection, commandTimeoutMs: 500, warn() {} });
      await expect(opening).rejects.toMatchObject({
        code: 'unavailable',
        retryable: true,
        message: expect.stringContaining(why),
      });
    }
  });

  it('uses every master', async () => {
    const store = await open('spread', 64);
    const baton = createOrchestrator({ store });
    for (let i = 0; i < 64; i++) await baton.start(aBuild(i));
    const found = await Promise.all(
      client.nodes('master').map(async (node) => (await node.keys('spread:*:workflow:*')).length),
    );
    expect(found.every((count) => count > 5)).toBe(true);
    expect(await baton.projectStats({ projectId: 'p' })).toMatchObject({ total: 64 });
  });

  it('loses and doubles nothing while its slots move to other masters', async () => {
    const store = await open('moving');
    const baton = createOrchestrator({ store });
    const ids = await Promise.all(
      Array.from({ length: 24 }, async (_, i) => (await baton.start(aBuild(i))).workflowId),
    );
    const holders = () =>
      Promise.all(client.nodes('master').map(async (node) => (await node.keys('moving:*')).sort()));
    const before = await holders();
    let moving = true;
    let written = 0;
    const acknowledged = new Map<string, number>(ids.map((id) => [id, 1]));
    const load = ids.map(async (workflowId) => {
      while (moving) {
        try {
          const { revision } = await baton.advance({
            workflowId,
            role: 'q_assistant',
            completedState: 'discovery',
            result: passingOutputs.discovery,
          });
          acknowledged.set(workflowId, revision);
          acknowledged.set(
            workflowId,
            (await baton.rollback({ workflowId, targetState: 'discovery', reason: 'again' }))
              .revision,
          );
          written++;
          // Without a pause, what is written outgrows what is moved: a key moves as long as it is large.
          await sleep(5);
        } catch (reason) {
          expect(reason).toMatchObject({ retryable: true });
          const { state } = await baton.status({ workflowId });
          if (state !== 'discovery') {
            await baton.rollback({ workflowId, targetState: 'discovery', reason: 'again' });
          }
        }
      }
    });
    for (let shard = 0; shard < 8; shard++) {
      await cluster.migrateSlot(await client.cluster('KEYSLOT', `{${shard}}`));
    }
    moving = false;
    await Promise.all(load);
    expect(written).toBeGreaterThan(0);
    expect(await holders()).not.toEqual(before);
    expect((await holders()).flat()).toHaveLength(before.flat().length);
    for (const workflowId of ids) {
      const snapshot = (await store.load(workflowId))?.snapshot;
      expect(snapshot?.revision).toBeGreaterThanOrEqual(acknowledged.get(workflowId) ?? 0);
      const events = await readAll(store, workflowId);
      expect(events).toEqual(events.map((_, i) => i + 1));
      expect(events).toHaveLength(snapshot?.sequence ?? 0);
    }
  });

  function aBuild(i: number) {
    return { projectId: 'p', buildId: `b${i}`, userId: 'u', requirements: {} };
  }
});

async function readAll(store: WorkflowStore, workflowId: string): Promise<number[]> {
  const found: number[] = [];
  for (;;) {
    const page = await store.readEvents({ workflowId, after: found.length, limit: 1000 });
    if (page.length === 0) return found;
    found.push(...page.map(({ sequence }) => sequence));
  }
}
