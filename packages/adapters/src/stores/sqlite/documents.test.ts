import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { StoreWithDocuments } from '@baton/core';
import { describeDocumentStoreContract } from '@baton/core/testing';
import { expect, it } from 'vitest';
import { createSqliteStore } from './sqlite-store.ts';

async function aFile() {
  const folder = mkdtempSync(join(tmpdir(), 'baton-documents-'));
  const path = join(folder, 'baton.db');
  const opened: StoreWithDocuments[] = [];
  return {
    path,
    async open(): Promise<StoreWithDocuments> {
      const store = await createSqliteStore({ path });
      opened.push(store);
      return store;
    },
    async destroy(): Promise<void> {
      for (const store of opened) await store.close();
      rmSync(folder, { recursive: true });
    },
  };
}

describeDocumentStoreContract('the SQLite store', async () => {
  const { path, open, destroy } = await aFile();
  return {
    documents: (await open()).documents,
    another: async () => (await open()).documents,
    async damage(collection, key, text) {
      const database = new DatabaseSync(path);
      const update = 'UPDATE baton_documents SET value = ? WHERE collection = ? AND key = ?';
      database.prepare(update).run(text, collection, key);
      database.close();
    },
    destroy,
  };
});

it('cannot read or write documents when it is closed', async () => {
  const { open, destroy } = await aFile();
  const store = await open();
  await store.close();
  const unavailable = { code: 'unavailable', retryable: true };
  const { documents } = store;
  const write = { collection: 'c', key: 'k', follows: 0, value: {} };
  await expect(documents.read('c', 'k')).rejects.toMatchObject(unavailable);
  await expect(documents.write(write)).rejects.toMatchObject(unavailable);
  await destroy();
});
