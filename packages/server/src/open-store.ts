import { createSqliteStore } from '@baton/adapters/sqlite';
import { createMemoryStore, type WorkflowStore } from '@baton/core';
import type { Database } from './config.ts';

/** The store that `DATABASE_URL` names. */
export function openStore(database: Database): WorkflowStore {
  switch (database.kind) {
    case 'memory':
      return createMemoryStore();
    case 'sqlite':
      return createSqliteStore({ path: database.path });
  }
}
