import { setTimeout as sleep } from 'node:timers/promises';
import { startRedis } from '../../../packages/adapters/src/stores/testing/private-redis.ts';
import { forgetfulSite } from './forgetful-site.ts';
import { createRedisSite } from './redis-site.ts';
import type { Site } from './site.ts';

/** A Redis server without an append-only file: after a crash it has what its last snapshot has. */
export async function createForgetfulRedisSite(): Promise<Site> {
  const redis = await startRedis(['--appendonly', 'no']);
  const admin = redis.connect();
  return forgetfulSite(await createRedisSite(redis), {
    isSentAgain: true,
    /** In the background, while the server goes on: what counts is the moment of the fork. */
    async save() {
      await admin.bgsave();
      while (!(await isSaved())) await sleep(5);
    },
    async forget(ms) {
      await redis.kill();
      await sleep(ms);
      await redis.restart();
    },
  });

  async function isSaved(): Promise<boolean> {
    const state = await admin.info('persistence');
    if (state.includes('rdb_last_bgsave_status:err')) throw new Error('a snapshot failed');
    return state.includes('rdb_bgsave_in_progress:0');
  }
}
