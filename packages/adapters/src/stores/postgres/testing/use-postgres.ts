import type { WorkflowStore } from '@baton/core';
import { afterAll, beforeAll } from 'vitest';
import { type PrivatePostgres, startPrivatePostgres } from '../../testing/private-postgres.ts';
import { createPostgresStore } from '../postgres-store.ts';
import type { PostgresStoreOptions } from '../postgres-store-options.ts';

let schemas = 0;

/** A server for the tests of one `describe`, with stores that are closed afterwards. */
export function usePostgres() {
  let server: PrivatePostgres;
  const opened: WorkflowStore[] = [];
  beforeAll(async () => {
    server = await startPrivatePostgres();
  });
  afterAll(async () => {
    await closeAll();
    await server?.destroy();
  });

  async function closeAll(): Promise<void> {
    for (const store of opened.splice(0)) await store.close();
  }

  return {
    server: () => server,
    aSchema: () => `test_${schemas++}`,
    async open(schema: string, options: Partial<PostgresStoreOptions> = {}) {
      const store = await createPostgresStore({ connection: server.url, schema, ...options });
      opened.push(store);
      return store;
    },
    closeAll,
  };
}
