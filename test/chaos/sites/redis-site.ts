import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRedisStore } from '@baton/adapters/redis';
import type { WorkflowStore } from '@baton/core';
import { startCuttingProxy } from '../../../packages/adapters/src/stores/testing/cutting-proxy.ts';
import {
  type PrivateRedis,
  startRedis,
} from '../../../packages/adapters/src/stores/testing/private-redis.ts';
import { PROJECT } from '../fleet.ts';
import { recount } from '../recount.ts';
import { inspect } from '../trail.ts';
import { localCrews } from './local-crew.ts';
import type { Site } from './site.ts';

const TRUNCATIONS = 10;

/**
 * A redis-server behind a proxy.
 *
 * @param server is destroyed with the site; by default one with every acknowledged write on the disk.
 */
export async function createRedisSite(server?: PrivateRedis): Promise<Site> {
  const redis = server ?? (await startRedis());
  const proxy = await startCuttingProxy(redis.port);
  const open = (connection: string): Promise<WorkflowStore> =>
    createRedisStore({ connection, shards: 4, commandTimeoutMs: 400, warn() {} });
  const stores = await Promise.all([1, 2, 3].map(() => open(proxy.url)));
  const store = await open(redis.url);

  async function closeAll(): Promise<void> {
    for (const one of [...stores, store]) await one.close();
  }

  return {
    faults: ['kill', 'pause', 'cut'],
    store,
    begin: localCrews(stores, 6),
    async strike({ kind, ms, bytes }, random) {
      switch (kind) {
        case 'kill':
          await redis.kill();
          await sleep(ms);
          return redis.restart();
        case 'pause':
          await redis.kill('SIGSTOP');
          await sleep(ms);
          return redis.kill('SIGCONT');
        case 'cut':
          await proxy.cutAnswerTo('evalsha', bytes, random.between(1, 10));
          proxy.accept();
      }
    },
    /** Cuts the append-only file off anywhere: what is left is what was there at some moment. */
    async ruin(random) {
      await closeAll();
      await redis.kill();
      const files = globSync('appendonlydir/*.incr.aof', { cwd: redis.folder }).sort();
      const path = join(redis.folder, files.at(-1) ?? '');
      const whole = readFileSync(path);
      const flaws: string[] = [];
      for (let i = 0; i < TRUNCATIONS; i++) {
        writeFileSync(path, whole.subarray(0, Math.floor(random.next() * whole.length)));
        await redis.restart();
        const left = await open(redis.url);
        flaws.push(...(await inspect(left, PROJECT)), ...(await recount(left, PROJECT)));
        await left.close();
        await redis.kill();
      }
      return flaws;
    },
    async destroy() {
      await closeAll();
      await proxy.destroy();
      await redis.destroy();
    },
  };
}
