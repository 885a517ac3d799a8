import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemoryStore, type WorkflowStore } from '@baton/core';
import { describeStoreContract } from '@baton/core/testing';
import { createSqliteStore } from '../sqlite/sqlite-store.ts';
import { createFileSealMemory } from './file-seal-memory.ts';
import { createSealedStore } from './sealed-store.ts';

const key = Buffer.alloc(32, 'k');

function sealing(folder: string): (store: WorkflowStore) => WorkflowStore {
  return (store) => createSealedStore(store, { key, memory: createFileSealMemory(folder) });
}

describeStoreContract('a sealed store in memory', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'baton-sealed-'));
  const store = await createMemoryStore();
  const seal = sealing(folder);
  return {
    store: seal(store),
    another: async () => seal(store),
    destroy: async () => rmSync(folder, { recursive: true }),
  };
});

describeStoreContract('a sealed SQLite store', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'baton-sealed-'));
  const seal = sealing(folder);
  const opened: WorkflowStore[] = [];
  const open = async (): Promise<WorkflowStore> => {
    const store = seal(await createSqliteStore({ path: join(folder, 'baton.db') }));
    opened.push(store);
    return store;
  };
  return {
    store: await open(),
    another: async () => open(),
    async destroy() {
      for (const store of opened) await store.close();
      rmSync(folder, { recursive: true });
    },
  };
});
