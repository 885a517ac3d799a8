// pnpm fleet --store redis|postgres [--builds 500] [--servers 3] [--workers 6] [--every 1000] [--seed N]
// Servers and workers as processes, with workspaces on a git remote; a random one is killed all the time.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startPrivatePostgres } from '../../packages/adapters/src/stores/testing/private-postgres.ts';
import { startRedis } from '../../packages/adapters/src/stores/testing/private-redis.ts';
import { isClean } from './audit-fleet.ts';
import { type KillableStore, runFleet } from './run-fleet.ts';

type Opened = KillableStore & { destroy(): Promise<void> };

const STORES: Readonly<Record<string, () => Promise<Opened>>> = {
  async redis() {
    const { url, kill, restart, destroy } = await startRedis();
    return { url, kill, start: restart, destroy };
  },
  postgres: startPrivatePostgres,
};

const { values } = parseArgs({
  options: {
    store: { type: 'string', default: '' },
    builds: { type: 'string', default: '500' },
    servers: { type: 'string', default: '3' },
    workers: { type: 'string', default: '6' },
    every: { type: 'string', default: '1000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const [builds = 0, servers = 0, workers = 0, everyMs = 0, seed = 0] = [
  values.builds,
  values.servers,
  values.workers,
  values.every,
  values.seed,
].map(Number);
const open = STORES[values.store];
if (open === undefined || ![builds, servers, workers, everyMs, seed].every(Number.isInteger)) {
  const stores = Object.keys(STORES).join('|');
  console.error(
    `usage: pnpm fleet --store ${stores} [--builds 500] [--servers 3] [--workers 6] [--every 1000] [--seed N]`,
  );
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), 'baton-fleet-'));
const store = await open();
const startedAt = performance.now();
try {
  const report = await runFleet({
    ...{ store, folder, builds, servers, workers, everyMs, seed },
    onProgress(complete) {
      if (process.stderr.isTTY) process.stderr.write(`\r${complete} of ${builds} `);
    },
  });
  console.log(`store ${values.store}, seed ${seed}, ${servers} servers, ${workers} workers`);
  for (const [name, count] of Object.entries(report)) console.log(`${name.padEnd(16)}${count}`);
  console.log(`took            ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
  console.log(isClean(report) ? 'nothing lost, nothing doubled' : 'NOT CLEAN');
  process.exitCode = isClean(report) ? 0 : 1;
} finally {
  await store.destroy();
  rmSync(folder, { recursive: true, force: true });
}
process.exit();
