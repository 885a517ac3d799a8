import { readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { DatabaseSync } from 'node:sqlite';

/** SQLITE_BUSY */
const BUSY = 5;

/** The lock under which one process at a time performs a build in this workspace. */
export interface RunLock {
  /** Takes the lock if it is free. Returns whether this process has it. */
  tryAcquire(): boolean;
  /** Names the process that has the lock. */
  holder(): string;
  release(): void;
}

/**
 * Creates a lock that the operating system releases when its process dies. Node has no file locks, so it
 * uses the lock of a SQLite database, which works on every system.
 */
export function createRunLock(path: string): RunLock {
  let held: DatabaseSync | undefined;
  return {
    tryAcquire() {
      if (held !== undefined) return true;
      const database = new DatabaseSync(path);
      try {
        database.exec('BEGIN EXCLUSIVE');
      } catch (reason) {
        database.close();
        if (reason instanceof Error && 'errcode' in reason && reason.errcode === BUSY) return false;
        throw reason;
      }
      held = database;
      writeFileSync(`${path}.holder`, `process ${process.pid} on ${hostname()}`);
      return true;
    },
    holder() {
      try {
        return readFileSync(`${path}.holder`, 'utf8') || 'another process';
      } catch {
        return 'another process';
      }
    },
    release() {
      held?.close();
      held = undefined;
    },
  };
}
