import { describeStoreContract } from '@baton/core/testing';
import { afterAll, beforeAll, describe } from 'vitest';
import {
  type PrivatePostgres,
  postgresMissing,
  startPrivatePostgres,
} from '../testing/private-postgres.ts';
import { createPostgresStore } from './postgres-store.ts';

const missing = postgresMissing();
let server: PrivatePostgres;

describe.skipIf(missing !== undefined)('PostgreSQL', () => {
  beforeAll(async () => {
    server = await startPrivatePostgres();
  });
  afterAll(() => server?.destroy());

  let schemas = 0;

  describeStoreContract('the PostgreSQL store', async () => {
    const schema = `contract_${schemas++}`;
    const open = () => createPostgresStore({ connection: server.url, schema });
    const stores = [await open()] as const;
    const others: Awaited<ReturnType<typeof open>>[] = [];
    return {
      store: stores[0],
      another: async () => {
        const store = await open();
        others.push(store);
        return store;
      },
      destroy: async () => {
        for (const store of [...stores, ...others]) await store.close();
      },
    };
  });
});
