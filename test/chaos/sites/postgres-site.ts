import { setTimeout as sleep } from 'node:timers/promises';
import { createPostgresStore } from '@baton/adapters/postgres';
import { BatonError, type WorkflowStore } from '@baton/core';
import { startPostgresProxy } from '../../../packages/adapters/src/stores/testing/postgres-proxy.ts';
import {
  type PrivatePostgres,
  startPrivatePostgres,
} from '../../../packages/adapters/src/stores/testing/private-postgres.ts';
import { localCrews } from './local-crew.ts';
import type { Site } from './site.ts';

const MOST_TRIES = 50;

/**
 * A PostgreSQL server with fsync, behind a proxy.
 *
 * @param server is destroyed with the site.
 */
export async function createPostgresSite(server?: PrivatePostgres): Promise<Site> {
  const postgres = server ?? (await startPrivatePostgres());
  const proxy = await startPostgresProxy(postgres.port);
  /** On a busy machine the first connection may take longer than a query may. */
  async function open(connection: string): Promise<WorkflowStore> {
    for (let tries = 1; ; tries++) {
      try {
        return await createPostgresStore({ connection, queryTimeoutMs: 400, maxConnections: 3 });
      } catch (reason) {
        if (!BatonError.from(reason).retryable || tries === MOST_TRIES) throw reason;
        await sleep(100);
      }
    }
  }
  const store = await open(postgres.url);
  const stores: WorkflowStore[] = [];
  for (let i = 0; i < 3; i++) stores.push(await open(proxy.url(postgres.url)));

  return {
    faults: ['kill', 'pause', 'cut'],
    store,
    begin: localCrews(stores, 6),
    async strike({ kind, ms }) {
      switch (kind) {
        case 'kill':
          await postgres.kill();
          await sleep(ms);
          return postgres.start();
        case 'pause':
          postgres.pause();
          await sleep(ms);
          return postgres.resume();
        case 'cut':
          proxy.cutNextReply();
      }
    },
    async destroy() {
      for (const one of [...stores, store]) await one.close();
      await proxy.close();
      await postgres.destroy();
    },
  };
}
