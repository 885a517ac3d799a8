import type { WorkflowStore } from '@baton/core';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type PrivateRedis, redisMissing, startRedis } from '../testing/private-redis.ts';
import { startRedisReplica } from '../testing/private-redis-replica.ts';
import { type PrivateSentinels, startSentinels } from '../testing/private-sentinels.ts';
import { createRedisStore } from './redis-store.ts';
import { keepChanging } from './testing/keep-changing.ts';

describe.skipIf(redisMissing())('a master with replicas, watched by three sentinels', () => {
  let servers: PrivateRedis[] = [];
  let sentinels: PrivateSentinels;
  const ends: (() => unknown)[] = [];

  /** One replica, or two, so that one is left to acknowledge once the other is the master. */
  async function start(replicas: number): Promise<void> {
    const master = await startRedis(['--repl-diskless-sync-delay', '0']);
    servers = [master];
    for (let i = 0; i < replicas; i++) {
      servers.push(await startRedisReplica(master, ['--repl-diskless-sync-delay', '0']));
    }
    sentinels = await startSentinels({ count: 3, masterPort: master.port });
    await sentinels.knowReplicas(replicas);
  }

  beforeEach(() => {
    servers = [];
  });
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
    await sentinels.destroy();
    await Promise.all(servers.map((server) => server.destroy()));
  });

  function open(connection: string | Redis): WorkflowStore {
    const replicas = { acknowledge: 1, timeoutMs: 500 };
    const store = createRedisStore({
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
    await start(2);
    const [master] = servers;
    const load = await keepChanging(open(url()), 8);
    await load.changed(3);
    const refused = load.refused();
    await master?.kill();
    await refused;
    await load.changed(3);
    await expect.poll(() => sentinels.masterPort()).not.toBe(master?.port);
    expect(await load.stop()).toEqual([]);
  });

  // Sentinel promotes before it demotes: what the old master still acknowledged alone is lost.
  it('a failover by hand loses nothing either, through an injected instance as well', async () => {
    await start(1);
    const [master] = servers;
    const injected = new Redis({
      sentinels: sentinels.ports.map((port) => ({ host: '127.0.0.1', port })),
      name: 'main',
      maxRetriesPerRequest: 1,
    });
    injected.on('error', () => {});
    ends.push(() => injected.disconnect());
    const loads = [
      await keepChanging(open(url()), 4),
      await keepChanging(open(injected), 4, 'other'),
    ];
    for (const load of loads) await load.changed(3);
    const sentinel = new Redis(sentinels.ports[0] ?? 0, '127.0.0.1');
    await sentinel.call('SENTINEL', 'FAILOVER', 'main');
    sentinel.disconnect();
    await expect.poll(() => sentinels.masterPort(), { timeout: 20_000 }).not.toBe(master?.port);
    for (const load of loads) {
      await load.changed(3);
      expect(await load.stop()).toEqual([]);
    }
  });
});
