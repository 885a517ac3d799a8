import { createMemoryStore, createOrchestrator, type WorkHint } from '@baton/core';
import { describeDispatcherContract } from '@baton/core/testing';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startCuttingProxy } from '../testing/cutting-proxy.ts';
import { type PrivateRedis, redisMissing, startRedis } from '../testing/private-redis.ts';
import { startRedisCluster } from '../testing/private-redis-cluster.ts';
import {
  createRedisDispatcher,
  type RedisDispatcher,
  type RedisDispatcherOptions,
} from './redis-dispatcher.ts';

const hint: WorkHint = { workflowId: 'wf_1', role: 'code_writer' };

describe.skipIf(redisMissing())('the Redis dispatcher', () => {
  let redis: PrivateRedis;
  const opened: RedisDispatcher[] = [];

  beforeAll(async () => {
    redis = await startRedis(['--appendonly', 'no']);
  });
  afterEach(async () => {
    for (const dispatcher of opened.splice(0)) await dispatcher.close();
  });
  afterAll(() => redis.destroy());

  async function open(connection: RedisDispatcherOptions['connection']) {
    const dispatcher = await createRedisDispatcher({ connection });
    opened.push(dispatcher);
    return dispatcher;
  }

  let channels = 0;
  describeDispatcherContract('the Redis dispatcher', async () => {
    const channel = `contract-${channels++}`;
    const another = () => createRedisDispatcher({ connection: redis.url, channel });
    const all = [await another()];
    return {
      dispatcher: all[0] as RedisDispatcher,
      async another() {
        const one = await another();
        all.push(one);
        return one;
      },
      destroy: async () => void (await Promise.all(all.map((one) => one.close()))),
    };
  });

  /** Announces until a hint arrives: subscribing takes a moment. */
  async function heard(from: RedisDispatcher, by: readonly WorkHint[]): Promise<void> {
    const before = by.length;
    await expect
      .poll(() => {
        from.announce(hint);
        return by.length;
      })
      .toBeGreaterThan(before);
  }

  it('tells another process, until that has heard enough', async () => {
    const [here, there] = [await open(redis.url), await open(redis.url)];
    const seen: WorkHint[] = [];
    const forget = there.subscribe((found) => seen.push(found));
    await heard(here, seen);
    expect(seen[0]).toEqual(hint);
    forget();
    const count = seen.length;
    const others: WorkHint[] = [];
    there.subscribe((found) => others.push(found));
    await heard(here, others);
    expect(seen).toHaveLength(count);
  });

  it('lets no listener that throws keep hints from the others', async () => {
    const errors: unknown[] = [];
    const here = await open(redis.url);
    const there = await createRedisDispatcher({
      connection: redis.url,
      onError: (error) => errors.push(error),
    });
    opened.push(there);
    const broken = new Error('broken');
    there.subscribe(() => {
      throw broken;
    });
    const seen: WorkHint[] = [];
    there.subscribe((found) => seen.push(found));
    await heard(here, seen);
    expect(errors).toContain(broken);
  });

  it('sends what is announced meanwhile in one message, each hint once', async () => {
    const [here, there] = [await open(redis.url), await open(redis.url)];
    const seen: WorkHint[] = [];
    there.subscribe((found) => seen.push(found));
    await heard(here, seen);
    const published = async (): Promise<number> => {
      const stats = await redis.connect().info('commandstats');
      return Number(/cmdstat_publish:calls=(\d+)/.exec(stats)?.[1]);
    };
    const before = await published();
    const ids = Array.from({ length: 50 }, (_, i) => `wf_many_${i}`);
    for (const workflowId of [...ids, ...ids]) here.announce({ workflowId, role: 'code_writer' });
    const many = (): string[] =>
      seen.map(({ workflowId }) => workflowId).filter((id) => id.startsWith('wf_many'));
    await expect.poll(many).toHaveLength(50);
    expect(many()).toEqual(ids);
    expect((await published()) - before).toBeLessThan(10);
  });

  it('goes on after the server was away; commits do not wait for it', async () => {
    const [here, there] = [await open(redis.url), await open(redis.url)];
    const seen: WorkHint[] = [];
    there.subscribe((found) => seen.push(found));
    await heard(here, seen);
    await redis.kill();
    const baton = createOrchestrator({ store: await createMemoryStore(), dispatcher: here });
    await expect(
      baton.start({ projectId: 'p', buildId: 'b', userId: 'u', requirements: {} }),
    ).resolves.toBeDefined();
    await redis.restart();
    await heard(here, seen);
  });

  it('subscribes anew when its connection has fallen silent', async () => {
    const proxy = await startCuttingProxy(redis.port);
    const connection = new Redis(proxy.url, { socketTimeout: 200 });
    const there = await createRedisDispatcher({ connection, pingMs: 50 });
    opened.push(there);
    const seen: WorkHint[] = [];
    there.subscribe((found) => seen.push(found));
    const here = await open(redis.url);
    await heard(here, seen);
    proxy.fallSilent();
    await heard(here, seen);
    connection.disconnect();
    await there.close();
    await proxy.destroy();
  });

  it('is deaf to what is no hint', async () => {
    const here = await open(redis.url);
    const seen: WorkHint[] = [];
    here.subscribe((found) => seen.push(found));
    await heard(here, seen);
    const count = seen.length;
    for (const text of ['oops', 'null', '{}', '[null]', '[{"workflowId":1,"role":"x"}]']) {
      await redis.connect().publish('baton:work', text);
    }
    await heard(here, seen);
    expect(seen.slice(count)).toEqual(seen.slice(count).map(() => hint));
  });

  it('does no harm where there is no server', async () => {
    const nowhere = await open('redis://127.0.0.1:1');
    nowhere.subscribe(() => {});
    expect(() => nowhere.announce(hint)).not.toThrow();
  });

  it('uses the sharded channels of a cluster', async () => {
    const cluster = await startRedisCluster();
    const client = cluster.connect();
    try {
      const [here, there] = [await open(client), await open(client)];
      const seen: WorkHint[] = [];
      there.subscribe((found) => seen.push(found));
      await heard(here, seen);
      expect(seen[0]).toEqual(hint);
    } finally {
      for (const dispatcher of opened.splice(0)) await dispatcher.close();
      client.disconnect();
      await cluster.destroy();
    }
  });
});
