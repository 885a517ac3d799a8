import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { createSqliteStore } from '@baton/adapters/sqlite';
import { openDatabase } from '../../../packages/adapters/src/stores/sqlite/open-database.ts';
import { prepareStatements } from '../../../packages/adapters/src/stores/sqlite/statements.ts';
import { writeNew } from '../../../packages/adapters/src/stores/sqlite/write-commit.ts';
import type { ScaledStore } from './scaled-store.ts';

/** Files in a temporary folder, which are only read: their writes need not reach the disk. */
export async function createScaledSqlite(): Promise<ScaledStore> {
  const folder = mkdtempSync(join(tmpdir(), 'baton-bench-'));
  const path = (place: string): string => join(folder, `${place}.db`);

  async function use<T>(place: string, work: (database: DatabaseSync) => T): Promise<T> {
    const database = await openDatabase({ path: path(place), busyTimeoutMs: 10_000, warn() {} });
    try {
      return work(database);
    } finally {
      database.close();
    }
  }

  return {
    name: 'SQLite',
    open: (place) => createSqliteStore({ path: path(place) }),

    /** The statements that create, for many workflows in one transaction. */
    load: (place, creates) =>
      use(place, (database) => {
        database.exec('PRAGMA synchronous = OFF');
        const statements = prepareStatements(database);
        statements.begin.run();
        for (const commit of creates) writeNew(statements, commit);
        statements.commit.run();
      }),

    settle: (place) => use(place, (database) => database.exec('PRAGMA wal_checkpoint(TRUNCATE)')),

    dump: (place) =>
      use(place, (database) => {
        const tables = database
          .prepare(`SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name`)
          .all();
        return tables.flatMap(({ name }) => {
          const rows = database.prepare(`SELECT * FROM "${name}"`).all();
          return rows.map((row) => `${name} ${JSON.stringify(row)}`).sort();
        });
      }),

    async destroy() {
      rmSync(folder, { recursive: true });
    },
  };
}
