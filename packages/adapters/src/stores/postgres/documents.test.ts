import { describeDocumentStoreContract } from '@baton/core/testing';
import { describe, expect, it } from 'vitest';
import { postgresMissing } from '../testing/private-postgres.ts';
import { usePostgres } from './testing/use-postgres.ts';

describe.skipIf(postgresMissing())('on a real server', () => {
  const { server, open, aSchema, closeAll } = usePostgres();

  describeDocumentStoreContract('the PostgreSQL store', async () => {
    const schema = aSchema();
    return {
      documents: (await open(schema)).documents,
      another: async () => (await open(schema)).documents,
      async damage(collection, key, text) {
        const update = `UPDATE ${schema}.baton_documents SET value = $1 WHERE collection = $2 AND key = $3`;
        await server().query(update, [text, collection, key]);
      },
      destroy: closeAll,
    };
  });

  it('cannot read or write documents when the store is closed', async () => {
    const store = await open(aSchema());
    await store.close();
    const unavailable = { code: 'unavailable', retryable: true };
    const { documents } = store;
    const write = { collection: 'c', key: 'k', follows: 0, value: {} };
    await expect(documents.read('c', 'k')).rejects.toMatchObject(unavailable);
    await expect(documents.write(write)).rejects.toMatchObject(unavailable);
  });

  it('finds a page of documents by its index, however many there are', async () => {
    const schema = aSchema();
    await open(schema);
    await server().query(
      `INSERT INTO ${schema}.baton_documents SELECT 'c', 'k' || n, 1, '{}' FROM generate_series(1, 20000) n`,
    );
    await server().query(`ANALYZE ${schema}.baton_documents`);
    const plan = await server().query(
      `EXPLAIN (FORMAT JSON) SELECT key, version, value FROM ${schema}.baton_documents
       WHERE collection = 'c' AND key > 'k1' AND key >= 'k2' AND key < 'k3' ORDER BY key LIMIT 9`,
    );
    const text = JSON.stringify(plan);
    expect(text).toContain('Index Scan');
    expect(text).not.toContain('Sort');
  });
});
