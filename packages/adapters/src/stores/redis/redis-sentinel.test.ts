import type { WorkflowStore } from '@baton/core';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type PrivateRedis, redisMissing, startRedis } from '../testing/private-redis.ts';
import { startRedisReplica } from '../testing/private-redis-replica.ts';
import { type PrivateSentinels, startSentinels } from '../testing/private-sentinels.ts';
import { createRedisStore } from './redis-store.ts';
import { keepChanging } from './testing/keep-changing.ts';

describe.skipIf(redisMissing())('a master with a replica, watched by three sentinels', () => {
  let servers: PrivateRedis[] = [];
  let sentinels: PrivateSentinels;
  const ends: (() => unknown)[] = [];

  /** One replica: with two, the one that has not acknowledged may be promoted. */
  async function start(): Promise<void> {
    const master = await startRedis(['--repl-diskless-sync-delay', '0']);
    servers = [master];
    servers.push(await startRedisReplica(master, ['--repl-diskless-sync-delay', '0']));
    sentinels = await startSentinels({ count: 3, masterPort: master.port });
    await sentinels.knowReplicas(1);
  }

  beforeEach(() => {
    servers = [];
  });
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
    await sentinels.destroy();
    await Promise.all(servers.map((server) => server.destroy()));
  });

  async function open(connection: string | Redis): Promise<WorkflowStore> {
    const replicas = { acknowledge: 1, timeoutMs: 500 };
    const store = await createRedisStore({
      connection,
      shards: 4,
      commandTimeoutMs: 2000,
      warn() {},
      ...(connection instanceof Redis && { replicas }),
    });
    ends.push(() => store.close());
    return store;
  }

  const url = () => {
    const hosts = sentinels.ports.map((port) => `127.0.0.1:${port}`);
    return `redis+sentinel://${hosts.join()}/main?replicas=1&replicasTimeoutMs=500`;
  };

  it('a master that is killed loses nothing acknowledged, and the store goes on by itself', async () => {
    await start();
    const load = await keepChanging(await open(url()), 8);
    await load.changed(3);
    // After a pause of the machine, the sentinels may already have promoted the replica.
    const port = await sentinels.masterPort();
    const master = servers.find((server) => server.port === port);
    await master?.kill();
    await expect.poll(() => sentinels.masterPort()).not.toBe(port);
    // The sentinels make it a replica, which acknowledges from now on.
    await master?.restart();
    await load.changed(3);
    expect(await load.stop()).toEqual([]);
  });

  // Sentinel promotes before it demotes: what only the old master acknowledged in between is lost.
  it('a failover by hand loses nothing either, through an injected instance as well', async () => {
    await start();
    const injected = new Redis({
      sentinels: sentinels.ports.map((port) => ({ host: '127.0.0.1', port })),
      name: 'main',
      maxRetriesPerRequest: 1,
    });
    injected.on('error', () => {});
    ends.push(() => injected.disconnect());
    const loads = [
      await keepChanging(await open(url()), 4),
      await keepChanging(await open(injected), 4, 'other'),
    ];
    for (const load of loads) await load.changed(3);
    const port = await sentinels.masterPort();
    await sentinels.failOver();
    await expect.poll(() => sentinels.masterPort()).not.toBe(port);
    for (const load of loads) {
      await load.changed(3);
      expect(await load.stop()).toEqual([]);
    }
  });
});
