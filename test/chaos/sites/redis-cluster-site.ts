import { setTimeout as sleep } from 'node:timers/promises';
import { createRedisStore } from '@baton/adapters/redis';
import type { WorkflowStore } from '@baton/core';
import { startRedisCluster } from '../../../packages/adapters/src/stores/testing/private-redis-cluster.ts';
import type { Random } from '../random.ts';
import { localCrews } from './local-crew.ts';
import type { Site } from './site.ts';

const SLOTS = 16_384;
/** Longer than a pause, so that the cluster does not replace a slow master. */
const NODE_TIMEOUT_MS = 1500;
/** How long a master has no replica before it is killed. Long enough for clients to notice. */
const ALONE_MS = 150;

/**
 * Three masters with a replica each. Every commit waits for the replica. A kill hits a replica, a master
 * that returns before the cluster replaces it, or a master whose replica takes over. Some masters lose
 * their replica before that. The next fault waits until the replicas have caught up, because Baton
 * promises nothing for the loss of a master and its replica at once.
 *
 * @param acknowledge replicas that a commit waits for.
 */
export async function createRedisClusterSite(acknowledge = 1): Promise<Site> {
  const cluster = await startRedisCluster({ replicas: true, nodeTimeoutMs: NODE_TIMEOUT_MS });
  const hosts = cluster.servers.map(({ port }) => `127.0.0.1:${port}`).join();
  const query = acknowledge > 0 ? `?replicas=${acknowledge}&replicasTimeoutMs=400` : '';
  const connection = `redis+cluster://${hosts}${query}`;
  const stores = await Promise.all(
    [1, 2, 3, 4].map(() =>
      createRedisStore({ connection, shards: 8, commandTimeoutMs: 1000, warn() {} }),
    ),
  );
  const store = stores.pop() as WorkflowStore;

  async function kill(ms: number, random: Random): Promise<void> {
    const [master, replica] = await cluster.pairOf(random.between(0, SLOTS - 1));
    const victim = random.chance(0.25) ? replica : master;
    const isReplaced = victim === master && random.chance(0.5);
    if (isReplaced && random.chance(0.5)) {
      await cluster.shutReplicaOut(master);
      await sleep(ALONE_MS);
    }
    await victim.kill();
    if (isReplaced) await cluster.promoted(replica);
    await sleep(ms);
    await victim.restart();
  }

  return {
    faults: ['kill', 'pause', 'promote'],
    store,
    begin: localCrews(stores, 6),
    async strike({ kind, ms }, random) {
      if (kind === 'kill') await kill(ms, random);
      else {
        const [master, replica] = await cluster.pairOf(random.between(0, SLOTS - 1));
        if (kind === 'promote') await cluster.promote(replica);
        else {
          const victim = random.pick([master, replica]);
          await victim.kill('SIGSTOP');
          await sleep(ms);
          await victim.kill('SIGCONT');
        }
      }
      await cluster.settled();
    },
    async destroy() {
      for (const one of [...stores, store]) await one.close();
      await cluster.destroy();
    },
  };
}
