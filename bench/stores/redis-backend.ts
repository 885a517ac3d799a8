import { createRedisStore } from '@baton/adapters/redis';
import { type Cluster, Redis } from 'ioredis';
import { startCuttingProxy } from '../../packages/adapters/src/stores/testing/cutting-proxy.ts';
import { startRedis } from '../../packages/adapters/src/stores/testing/private-redis.ts';
import type { Backend } from './backend.ts';
import { recordCommits } from './recorded-commits.ts';
import { timedJobs } from './sample.ts';

type Command = Parameters<Redis['evalsha']>;

/** @param settings by default every acknowledged write is on the disk. */
export async function createRedisBackend(settings: readonly string[] = []): Promise<Backend> {
  const redis = await startRedis(settings);
  const admin = redis.connect();
  const proxy = await startCuttingProxy(redis.port);
  const open = async (connection: string | Redis | Cluster) =>
    createRedisStore({ connection, warn() {} });
  const clear = async (): Promise<void> => void (await admin.flushall());

  /** The script calls that the store makes of commits of `builds` builds. */
  async function record(builds: number) {
    const { creates, builds: commits } = await recordCommits(builds);
    const client = new Redis(redis.url);
    const store = await open(client);
    await store.readStats('warm');
    let heard: Command[] = [];
    const evalsha = client.evalsha.bind(client) as (...args: unknown[]) => Promise<unknown>;
    client.evalsha = ((...args: Command) => {
      heard.push(args);
      return evalsha(...args);
    }) as Redis['evalsha'];
    for (const create of creates) await store.create(create);
    // Behind what the last one left to be done in the background.
    await store.readStats('warm');
    const started = heard;
    const jobs: Command[][] = [];
    for (const build of commits) {
      heard = [];
      for (const commit of build) await store.commit([commit]);
      jobs.push(heard);
    }
    await store.close();
    client.disconnect();
    return { started, jobs };
  }

  return {
    name: 'Redis',
    open: () => open(redis.url),
    clear,
    async floors(atOnce, builds) {
      await clear();
      const { started, jobs } = await record(builds);
      return [
        {
          name: `bare EVALSHA, ${atOnce} at once`,
          async run() {
            await clear();
            const client = redis.connect();
            for (const command of started) await client.evalsha(...command);
            const steps = jobs.map((job) =>
              job.map((command) => ({ operations: 1, run: () => client.evalsha(...command) })),
            );
            const sample = await timedJobs(steps, atOnce);
            client.disconnect();
            return sample;
          },
        },
      ];
    },
    wire: {
      open: () => open(proxy.url),
      // What comes once a connection is no part of a commit.
      roundTrips: () => proxy.commands.filter((command) => command.startsWith('eval')).length,
    },
    async destroy() {
      await proxy.destroy();
      await redis.destroy();
    },
  };
}
