import { describe, expect, it } from 'vitest';
import { postgresMissing } from '../../packages/adapters/src/stores/testing/private-postgres.ts';
import {
  redisMissing,
  startRedis,
} from '../../packages/adapters/src/stores/testing/private-redis.ts';
import { makePlan } from './plan.ts';
import { createRandom } from './random.ts';
import { describeReport, isClean } from './report.ts';
import { run } from './run.ts';
import { createForgetfulPostgresSite } from './sites/forgetful-postgres-site.ts';
import { createForgetfulRedisSite } from './sites/forgetful-redis-site.ts';
import { createForgetfulSqliteSite } from './sites/forgetful-sqlite-site.ts';
import { createPostgresSite } from './sites/postgres-site.ts';
import { createRedisClusterSite } from './sites/redis-cluster-site.ts';
import { createRedisSite } from './sites/redis-site.ts';
import type { Site } from './sites/site.ts';
import { createSqliteSite } from './sites/sqlite-site.ts';

const seed = Number(process.env['SEED'] ?? 4);
const KILLS = 4;

/** A short run of what `pnpm chaos` does. */
async function survives(open: () => Promise<Site>, kills = KILLS): Promise<void> {
  const site = await open();
  try {
    const report = await run({ site, seed, kills });
    expect(isClean(report), describeReport(report)).toBe(true);
    expect(report.struck.kill).toBe(kills);
    expect(report.audit.acknowledged).toBeGreaterThan(20);
  } finally {
    await site.destroy();
  }
}

describe(`when a store is killed, paused and cut off under load (SEED=${seed})`, () => {
  const what = 'nothing acknowledged is lost or doubled, and what clients saw can be explained';

  it.skipIf(redisMissing())(`Redis: ${what}`, () => survives(() => createRedisSite()));
  it.skipIf(redisMissing())(`Redis Cluster with replicas: ${what}`, () =>
    survives(() => createRedisClusterSite(), 3),
  );
  it.skipIf(postgresMissing())(`PostgreSQL: ${what}`, () => survives(() => createPostgresSite()));
  it(`SQLite: ${what}`, () => survives(createSqliteSite));
});

describe(`when a store forgets its last commits, and servers live on (SEED=${seed})`, () => {
  const what = 'what it has since can be explained, and nothing is mixed with what it forgot';
  async function goesOn(open: () => Promise<Site>, kills = KILLS): Promise<void> {
    const site = await open();
    try {
      const report = await run({ site, seed, kills });
      expect(isClean(report), describeReport(report)).toBe(true);
      expect(report.struck.kill).toBe(kills);
      expect(report.audit.forgotten).toBeGreaterThan(20);
    } finally {
      await site.destroy();
    }
  }

  it.skipIf(redisMissing())(`Redis: ${what}`, () => goesOn(createForgetfulRedisSite));
  it.skipIf(postgresMissing())(`PostgreSQL: ${what}`, () => goesOn(createForgetfulPostgresSite, 2));
  it(`SQLite: ${what}`, () => goesOn(createForgetfulSqliteSite));
});

describe('a run', () => {
  it.skipIf(redisMissing())('finds out a server that keeps nothing', async () => {
    const { ruin, ...site } = await createRedisSite(await startRedis(['--appendonly', 'no']));
    try {
      const { audit, unexplained } = await run({ site, seed, kills: 1 });
      expect(audit.lost).not.toEqual([]);
      expect(unexplained).not.toEqual([]);
    } finally {
      await site.destroy();
    }
  });
});

describe('the plan of a run', () => {
  const plan = (of: number) => makePlan(createRandom(of), 50, ['kill', 'pause', 'cut']);

  it('is the same for the same seed', () => {
    expect(plan(7)).toEqual(plan(7));
    expect(plan(7)).not.toEqual(plan(8));
  });

  it('has as many kills as were asked for', () => {
    const faults = plan(7).flatMap((round) => round.faults);
    expect(faults.filter(({ kind }) => kind === 'kill')).toHaveLength(50);
  });
});
