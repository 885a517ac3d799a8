import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { toBatonError } from './errors.ts';
import { migrate, refuseForeign } from './migrations.ts';
import type { ResolvedSqliteOptions } from './sqlite-store-options.ts';
import { whenFree } from './when-free.ts';

/** WAL pages of 4 KiB between checkpoints. Each checkpoint syncs the database, so there should be few. */
const WAL_AUTOCHECKPOINT = 8000;

/**
 * Opens the database with the durability that Baton promises: a commit has reached the disk.
 *
 * @throws BatonError.
 */
export async function openDatabase({
  path,
  busyTimeoutMs,
}: ResolvedSqliteOptions): Promise<DatabaseSync> {
  try {
    if (path !== ':memory:') await mkdir(dirname(path), { recursive: true });
    return await whenFree(() => prepared(path), busyTimeoutMs);
  } catch (reason) {
    throw toBatonError(reason, `the database ${path}`);
  }
}

function prepared(path: string): DatabaseSync {
  // Locks are waited for outside of SQLite, by whenFree.
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    refuseForeign(database, path);
    database.exec('PRAGMA journal_mode = WAL');
    database.exec('PRAGMA synchronous = FULL');
    database.exec('PRAGMA foreign_keys = ON');
    database.exec(`PRAGMA wal_autocheckpoint = ${WAL_AUTOCHECKPOINT}`);
    migrate(database, path);
    return database;
  } catch (reason) {
    database.close();
    throw reason;
  }
}
