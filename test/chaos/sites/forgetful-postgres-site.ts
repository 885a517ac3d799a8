import { setTimeout as sleep } from 'node:timers/promises';
import { startPrivatePostgres } from '../../../packages/adapters/src/stores/testing/private-postgres.ts';
import { forgetfulSite } from './forgetful-site.ts';
import { createPostgresSite } from './postgres-site.ts';
import type { Site } from './site.ts';

/** A PostgreSQL server that goes on from an older copy of its data after a crash. */
export async function createForgetfulPostgresSite(): Promise<Site> {
  const postgres = await startPrivatePostgres();
  return forgetfulSite(await createPostgresSite(postgres), {
    isSentAgain: false,
    async save() {
      await postgres.kill();
      await postgres.keepCopy();
      await postgres.start();
    },
    async forget(ms) {
      await postgres.kill();
      await sleep(ms);
      await postgres.putBackCopy();
      await postgres.start();
    },
  });
}
