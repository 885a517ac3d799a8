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
});
