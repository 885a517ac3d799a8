import { setTimeout as sleep } from 'node:timers/promises';
import { createOrchestrator, type WorkflowStore } from '@baton/core';
import type { Cluster } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { WAIT_MS } from '../../testing/patience.ts';
import { redisMissing } from '../testing/private-redis.ts';
import { type PrivateRedisCluster, startRedisCluster } from '../testing/private-redis-cluster.ts';
import { createRedisStore } from './redis-store.ts';
import { keepChanging } from './testing/keep-changing.ts';

const SHARDS = 4;

describe.skipIf(redisMissing())('on a cluster whose masters have replicas', () => {
  let cluster: PrivateRedisCluster;
  let client: Cluster;
  let prefixes = 0;
  const opened: WorkflowStore[] = [];

  beforeAll(async () => {
    cluster = await startRedisCluster({ replicas: true, nodeTimeoutMs: 500 });
    client = cluster.connect();
  });
  beforeEach(() => cluster.settled());
  afterEach(async () => {
    // Resumes servers that a failed test left stopped.
    for (const server of cluster.servers) await server.kill('SIGCONT');
    for (const store of opened.splice(0)) await store.close();
  });
  afterAll(async () => {
    client.disconnect();
    await cluster.destroy();
  });

  async function open(
    acknowledge?: number,
    prefix = `test-${prefixes++}`,
    on = client,
  ): Promise<WorkflowStore> {
    const replicas = acknowledge === undefined ? {} : { replicas: { acknowledge, timeoutMs: 400 } };
    const store = await createRedisStore({
      connection: on,
      prefix,
      shards: SHARDS,
      warn() {},
      ...replicas,
    });
    opened.push(store);
    return store;
  }

  /** The servers of shard 0. */
  const pair = async () => cluster.pairOf(await client.cluster('KEYSLOT', '{0}'));

  it('a master that is killed loses nothing acknowledged when its replica had to have it', async () => {
    const [master, replica] = await pair();
    const load = await keepChanging(await open(1), 12);
    await load.changed(2);
    await master.kill();
    await cluster.promoted(replica);
    // Until the killed server is back as a replica, no replica acknowledges.
    await load.refused();
    await master.restart();
    await load.changed(2);
    expect(await load.stop()).toEqual([]);
  });

  it('a failover by hand loses nothing, even where commits wait for no replica', async () => {
    const [, replica] = await pair();
    const load = await keepChanging(await open(), 12);
    await load.changed(2);
    await cluster.promote(replica);
    await load.changed(2);
    expect(await load.stop()).toEqual([]);
  });

  it('a failover by hand in the middle of waiting for replicas is one of unknown outcome at most', async () => {
    const [, replica] = await pair();
    const load = await keepChanging(await open(1), 12);
    await load.changed(2);
    await cluster.promote(replica);
    await load.changed(2);
    expect(await load.stop()).toEqual([]);
  });

  it('without waiting, a killed master can lose what was acknowledged, and says so; what is left is whole', async () => {
    const [master, replica] = await pair();
    const lines: string[] = [];
    const warned = await createRedisStore({
      connection: client,
      prefix: 'loses',
      shards: 1,
      warn: (line) => lines.push(line),
    });
    opened.push(warned);
    const baton = createOrchestrator({ store: warned });
    const { workflowId } = await baton.start(build);
    expect(lines).toEqual([expect.stringMatching(/has 1 replicas.*option 'replicas'/)]);
    await cluster.shutReplicaOut(master);
    await baton.rollback({ workflowId, targetState: 'discovery', reason: 'acknowledged' });
    await master.kill();
    await cluster.promoted(replica);
    const left = await readWhenThere(warned, workflowId);
    expect(left?.snapshot.revision).toBe(1);
    const events = await warned.readEvents({ workflowId, after: 0, limit: 10 });
    expect(events.map(({ sequence }) => sequence)).toEqual([1]);
    await master.restart();
  });

  describe('while a replica does not answer', () => {
    it('nothing is told: no commit, none again, no read, no refusal', async () => {
      const [, replica] = await pair();
      const prefix = 'deaf';
      const openDeaf = async (timeoutMs: number) => {
        const replicas = { acknowledge: 1, timeoutMs };
        const store = await createRedisStore({
          connection: client,
          prefix,
          shards: 1,
          warn() {},
          replicas,
        });
        opened.push(store);
        return store;
      };
      // On a busy machine a replica that does answer takes more than 50 ms.
      const patient = createOrchestrator({ store: await openDeaf(4000) });
      const { workflowId } = await patient.start(build);
      // Opening waits for the replica, too.
      const store = await vi.waitFor(() => openDeaf(50), WAIT_MS);
      const baton = createOrchestrator({ store });
      const request = {
        workflowId,
        targetState: 'discovery',
        reason: 'once',
        requestId: 'r-1',
        expectedRevision: 1,
      };
      await replica.kill('SIGSTOP');
      const deaf = {
        code: 'unavailable',
        retryable: true,
        message: expect.stringMatching(/found 0 within 50 ms/),
      };
      await expect(baton.rollback(request)).rejects.toMatchObject(deaf);
      // The master has it: a reader would see what a failover loses.
      await expect(baton.rollback(request)).rejects.toMatchObject(deaf);
      const other = createOrchestrator({ store });
      await expect(other.rollback(request)).rejects.toMatchObject(deaf);
      await expect(other.rollback({ ...request, requestId: 'r-2' })).rejects.toMatchObject(deaf);
      await expect(store.load(workflowId, 'r-1')).rejects.toMatchObject(deaf);
      await expect(store.readEvents({ workflowId, after: 0, limit: 9 })).rejects.toMatchObject(
        deaf,
      );
      await replica.kill('SIGCONT');
      await expect
        .poll(() => baton.rollback(request).catch(() => undefined))
        .toMatchObject({ revision: 2 });
      await expect(patient.rollback({ ...request, requestId: 'r-2' })).rejects.toMatchObject({
        code: 'stale_revision',
      });
    });
  });
});

const build = { projectId: 'p', buildId: 'b', userId: 'u', requirements: {} };

async function readWhenThere(store: WorkflowStore, workflowId: string) {
  for (;;) {
    try {
      return await store.load(workflowId);
    } catch (reason) {
      expect(reason).toMatchObject({ code: 'unavailable', retryable: true });
      await sleep(50);
    }
  }
}
