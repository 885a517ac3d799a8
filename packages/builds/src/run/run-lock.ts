import { readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { DatabaseSync } from 'node:sqlite';

/** SQLITE_BUSY */
const BUSY = 5;

/** The right to perform a build in this workspace. One process has it at a time. */
export interface RunLock {
  /** Takes the right if nobody has it; true when it is ours. */
  tryAcquire(): boolean;
  /** In words: who has it. */
  holder(): string;
  release(): void;
}

/**
 * A lock that the system takes away from a process that dies, however it dies. Node has no file
 * locks; those that SQLite takes on a database are just that, on every system.
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
