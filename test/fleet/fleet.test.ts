import { expect, it, onTestFinished } from 'vitest';
import {
  redisMissing,
  startRedis,
} from '../../packages/adapters/src/stores/testing/private-redis.ts';
import { temporaryFolder } from '../../packages/adapters/src/testing/temporary-folder.ts';
import { isClean } from './audit-fleet.ts';
import { runFleet } from './run-fleet.ts';

it.skipIf(redisMissing())(
  'loses and doubles nothing while servers, workers and the store are killed',
  async () => {
    const redis = await startRedis();
    onTestFinished(() => redis.destroy());
    const report = await runFleet({
      store: { url: redis.url, kill: redis.kill, start: redis.restart },
      folder: temporaryFolder(),
      ...{ builds: 4, servers: 2, workers: 2, everyMs: 2000, seed: 1 },
    });
    expect(report).toMatchObject({ builds: 4, checkpoints: 4, storeKills: 1 });
    expect(isClean(report), JSON.stringify(report)).toBe(true);
  },
);
