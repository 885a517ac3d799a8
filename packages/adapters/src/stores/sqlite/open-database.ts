import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { BatonError } from '@baton/core';
import { migrate, refuseForeign } from './database-schema.ts';
import { WORKFLOWS } from './migrations.ts';
import type { ResolvedSqliteOptions } from './sqlite-store-options.ts';

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
    refuseForeign(database, path, WORKFLOWS);
    database.exec('PRAGMA journal_mode = WAL');
    database.exec('PRAGMA synchronous = FULL');
    database.exec('PRAGMA foreign_keys = ON');
    database.exec(`PRAGMA wal_autocheckpoint = ${WAL_AUTOCHECKPOINT}`);
    migrate(database, path, WORKFLOWS);
    return database;
  } catch (reason) {
    database.close();
    throw reason;
  }
}

/** Milliseconds between tries; the last value repeats. They begin short, because most locks are short. */
const WAITS = [1, 2, 5, 10, 15, 20, 25, 50];

/**
 * Runs `work` as soon as no other process holds the file's lock. Waiting inside SQLite would block the whole
 * process.
 *
 * @param work does all or nothing when it throws.
 * @throws the last error of `work` when the lock is still held after `timeoutMs`.
 */
export async function whenFree<T>(work: () => T, timeoutMs: number): Promise<T> {
  const until = performance.now() + timeoutMs;
  for (let tries = 0; ; tries++) {
    try {
      return work();
    } catch (reason) {
      const left = until - performance.now();
      if (!isBusy(reason) || left <= 0) throw reason;
      const wait = WAITS[Math.min(tries, WAITS.length - 1)] as number;
      await sleep(Math.min(wait * (0.5 + Math.random()), left));
    }
  }
}

/**
 * SQLite's primary result codes (sqlite.org/rescode.html) for a damaged file; ERROR means that a table or
 * column is missing.
 */
const DAMAGED: ReadonlySet<number> = new Set([1 /* ERROR */, 11 /* CORRUPT */, 26 /* NOTADB */]);
/** Result codes for which the values of a statement are the cause, not the database. */
const REFUSED: ReadonlySet<number> = new Set([
  18 /* TOOBIG */, 19 /* CONSTRAINT */, 20 /* MISMATCH */,
]);

/** Converts an error of SQLite to a BatonError. */
export function toBatonError(reason: unknown, what: string): BatonError {
  if (BatonError.is(reason)) return reason;
  const message = reason instanceof Error ? reason.message : String(reason);
  const code = primaryCode(reason);
  const text = `${what}: ${message}`;
  if (code !== undefined && DAMAGED.has(code)) {
    return new BatonError('data_loss', text, { cause: reason });
  }
  if (code !== undefined && REFUSED.has(code)) {
    return new BatonError('internal', text, { cause: reason });
  }
  // Busy, locked, full, read-only, I/O errors, a closed handle, a folder that is not writable.
  return new BatonError('unavailable', text, { cause: reason });
}

/** Whether another process holds the file's lock. */
function isBusy(reason: unknown): boolean {
  return primaryCode(reason) === 5 /* BUSY */;
}

/** Whether one commit's values are the cause, so that other commits of the batch can still be written. */
export function isOwnFault(reason: unknown): boolean {
  const code = primaryCode(reason);
  if (code !== undefined) return REFUSED.has(code);
  return (
    (reason as { code?: string }).code === 'ERR_INVALID_ARG_TYPE' || reason instanceof TypeError
  );
}

function primaryCode(reason: unknown): number | undefined {
  const code = (reason as { errcode?: unknown } | undefined)?.errcode;
  return typeof code === 'number' ? code & 0xff : undefined;
}
