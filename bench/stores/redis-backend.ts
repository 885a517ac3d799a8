import { createRedisStore } from '@baton/adapters/redis';
import { type Cluster, Redis } from 'ioredis';
import { connect } from '../../packages/adapters/src/stores/redis/connect.ts';
import { startCuttingProxy } from '../../packages/adapters/src/stores/testing/cutting-proxy.ts';
import { startRedis } from '../../packages/adapters/src/stores/testing/private-redis.ts';
import { type Candidate, timedJobs } from '../sample.ts';
import type { Backend } from './backend.ts';
import { recordCommits } from './recorded-commits.ts';

type Command = Parameters<Redis['evalsha']>;

/** Both as in a store that is opened by URL. */
const LANES = 4;
const COMMAND_TIMEOUT_MS = 10_000;

interface Replay {
  readonly started: readonly Command[];
  readonly jobs: readonly (readonly Command[])[];
  readonly atOnce: number;
  readonly lanes: number;
}

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

  /** The same calls, on connections that are made as the store's own are. */
  function floor(name: string, { started, jobs, atOnce, lanes }: Replay): Candidate {
    return {
      name,
      async run() {
        await clear();
        const clients: (Redis | Cluster)[] = [];
        for (let i = 0; i < lanes; i++) {
          const client = await connect(redis.url, COMMAND_TIMEOUT_MS);
          await client.ping();
          clients.push(client);
        }
        const [first] = clients;
        for (const command of started) await first?.evalsha(...command);
        const steps = jobs.map((job, i) =>
          job.map((command) => ({
            operations: 1,
            run: async () => clients[i % lanes]?.evalsha(...command),
          })),
        );
        const sample = await timedJobs(steps, atOnce);
        for (const client of clients) client.disconnect();
        return sample;
      },
    };
  }

  return {
    name: 'Redis',
    open: () => open(redis.url),
    url: () => redis.url,
    clear,
    async floors(atOnce, builds) {
      await clear();
      const { started, jobs } = await record(builds);
      const one = floor(`bare EVALSHA, ${atOnce} at once`, { started, jobs, atOnce, lanes: 1 });
      if (atOnce === 1) return [one];
      const name = `bare EVALSHA over ${LANES} connections`;
      return [one, floor(name, { started, jobs, atOnce, lanes: LANES })];
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
