// pnpm chaos --store redis|redis-cluster|postgres|sqlite|… --kills 300 --seed N
// Breaks a store of its own while clients work on it, and prints what became of what they were told.
import { parseArgs } from 'node:util';
import { describeReport, isClean } from './report.ts';
import { run } from './run.ts';
import { createForgetfulPostgresSite } from './sites/forgetful-postgres-site.ts';
import { createForgetfulRedisSite } from './sites/forgetful-redis-site.ts';
import { createForgetfulSqliteSite } from './sites/forgetful-sqlite-site.ts';
import { createPostgresSite } from './sites/postgres-site.ts';
import { createRedisClusterSite } from './sites/redis-cluster-site.ts';
import { createRedisSite } from './sites/redis-site.ts';
import { createSqliteSite } from './sites/sqlite-site.ts';

const SITES = {
  redis: () => createRedisSite(),
  'redis-cluster': () => createRedisClusterSite(),
  // To see what waiting for replicas is for: this one loses.
  'redis-cluster-unwaited': () => createRedisClusterSite(0),
  postgres: () => createPostgresSite(),
  sqlite: createSqliteSite,
  // Stores that lose their last commits, as in a failover, under servers that live on.
  'redis-forgetful': createForgetfulRedisSite,
  'postgres-forgetful': createForgetfulPostgresSite,
  'sqlite-forgetful': createForgetfulSqliteSite,
} as const;

const { values } = parseArgs({
  options: {
    store: { type: 'string' },
    kills: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const store = values.store ?? '';
const kills = Number(values.kills);
const seed = Number(values.seed);
if (!Object.hasOwn(SITES, store) || !Number.isInteger(kills) || !Number.isInteger(seed)) {
  const stores = Object.keys(SITES).join('|');
  console.error(`usage: pnpm chaos --store ${stores} [--kills 20] [--seed N]`);
  process.exit(2);
}

console.log(`seed          ${seed}\nstore         ${store}`);
const site = await SITES[store as keyof typeof SITES]();
// A server that is left behind would run for ever.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void site.destroy().finally(() => process.exit(130)));
}
const startedAt = performance.now();
try {
  const report = await run({
    site,
    seed,
    kills,
    onRound(done, of) {
      if (process.stderr.isTTY) process.stderr.write(`\rround ${done} of ${of} `);
    },
  });
  console.log(describeReport(report));
  console.log(`took          ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  process.exitCode = isClean(report) ? 0 : 1;
} finally {
  await site.destroy();
}
