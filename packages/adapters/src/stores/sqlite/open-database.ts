import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { toBatonError } from './errors.ts';
import { migrate, refuseForeign } from './migrations.ts';
import type { ResolvedSqliteOptions } from './sqlite-store-options.ts';

/** WAL pages of 4 KiB between checkpoints. Each checkpoint syncs the database, so there should be few. */
const WAL_AUTOCHECKPOINT = 8000;

/** Opens the database with the durability that Baton promises: a commit has reached the disk. */
export function openDatabase({ path, busyTimeoutMs }: ResolvedSqliteOptions): DatabaseSync {
  try {
    if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
    const database = new DatabaseSync(path, { timeout: busyTimeoutMs });
    try {
      refuseForeign(database, path);
      database.exec('PRAGMA journal_mode = WAL');
      database.exec('PRAGMA synchronous = FULL');
      database.exec('PRAGMA foreign_keys = ON');
      database.exec(`PRAGMA wal_autocheckpoint = ${WAL_AUTOCHECKPOINT}`);
      migrate(database, path);
      // From here on, waiting for locks happens outside of SQLite.
      database.exec('PRAGMA busy_timeout = 0');
    } catch (reason) {
      database.close();
      throw reason;
    }
    return database;
  } catch (reason) {
    throw toBatonError(reason, `the database ${path}`);
  }
}
