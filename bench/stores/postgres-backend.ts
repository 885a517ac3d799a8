import { createPostgresStore } from '@baton/adapters/postgres';
import type { Commit } from '@baton/core';
import pg from 'pg';
import { startPostgresProxy } from '../../packages/adapters/src/stores/testing/postgres-proxy.ts';
import { startPrivatePostgres } from '../../packages/adapters/src/stores/testing/private-postgres.ts';
import { type Candidate, timedJobs } from '../sample.ts';
import type { Backend } from './backend.ts';
import { recordCommits } from './recorded-commits.ts';

const TABLES = `build_workflows, workflow_handoffs, workflow_events, workflow_replies,
  project_stats, project_failure_points, project_usage`;
/** As the store's own connections are set up. */
const SETTINGS = '-c enable_seqscan=off -c plan_cache_mode=force_generic_plan -c jit=off';
/** Commits in a statement, where they travel together. */
const BATCH = 32;

interface Recorded {
  readonly query: pg.QueryConfig;
  readonly operations: number;
}

/** @param settings by default with fsync. */
export async function createPostgresBackend(settings: readonly string[] = []): Promise<Backend> {
  const server = await startPrivatePostgres(settings);
  const proxy = await startPostgresProxy(server.port);
  const open = (connection: string | pg.Pool) => createPostgresStore({ connection });
  await (await open(server.url)).close();
  const clear = async (): Promise<void> => void (await server.query(`TRUNCATE ${TABLES}`));
  const aPool = (max: number): pg.Pool =>
    new pg.Pool({ connectionString: server.url, max, options: SETTINGS });

  /** The statements that the store makes of `builds` builds, `group` of them in step. */
  async function record(builds: number, group: number) {
    const { creates, builds: commits } = await recordCommits(builds);
    const pool = aPool(1);
    const store = await open(pool);
    const query = pool.query.bind(pool) as (config: pg.QueryConfig) => Promise<pg.QueryResult>;
    let heard: pg.QueryConfig[] = [];
    pool.query = ((config: pg.QueryConfig) => {
      heard.push(config);
      return query(config);
    }) as typeof pool.query;
    for (const create of creates) await store.create(create);
    const started = heard;
    const jobs: Recorded[][] = [];
    for (let from = 0; from < commits.length; from += group) {
      const together = commits.slice(from, from + group);
      heard = [];
      for (let step = 0; step < (together[0]?.length ?? 0); step++) {
        await store.commit(together.map((build) => build[step] as Commit));
      }
      jobs.push(heard.map((config) => ({ query: config, operations: together.length })));
    }
    await store.close();
    await pool.end();
    return { started, jobs };
  }

  async function floor(
    name: string,
    { group, lanes, builds }: { group: number; lanes: number; builds: number },
  ): Promise<Candidate> {
    await clear();
    const { started, jobs } = await record(builds, group);
    return {
      name,
      async run() {
        await clear();
        const pool = aPool(Math.min(lanes, BATCH));
        for (const config of started) await pool.query(config);
        const steps = jobs.map((job) =>
          job.map(({ query, operations }) => ({ operations, run: () => pool.query(query) })),
        );
        const sample = await timedJobs(steps, lanes);
        await pool.end();
        return sample;
      },
    };
  }

  return {
    name: 'PostgreSQL',
    open: () => open(server.url),
    url: () => server.url,
    clear,
    async floors(atOnce, builds) {
      const single = { group: 1, lanes: atOnce, builds };
      const floors = [await floor(`bare statements, ${atOnce} at once`, single)];
      if (atOnce === 1) return floors;
      const batched = { group: BATCH, lanes: Math.ceil(atOnce / BATCH), builds };
      return [...floors, await floor(`bare statements of ${BATCH} commits`, batched)];
    },
    wire: {
      open: () => open(proxy.url(server.url)),
      roundTrips: () => proxy.roundTrips,
    },
    async destroy() {
      await proxy.close();
      await server.destroy();
    },
  };
}
