import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { BatonError } from '@baton/core';

/** SQLITE_BUSY */
const BUSY = 5;
const POLL_MS = 25;

/**
 * Runs `work` while it holds the lock at `path`, which excludes other processes and other calls in this one.
 * The system releases the lock of a process that dies. Node has no file locks, so SQLite's lock on a database
 * serves as one on every system.
 *
 * @throws BatonError `unavailable` when the lock is still held after `waitMs`.
 */
export async function withLock<T>(
  path: string,
  waitMs: number,
  work: () => Promise<T>,
): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  const lock = new DatabaseSync(path);
  try {
    for (let waited = 0; !tryLock(lock); waited += POLL_MS) {
      if (waited >= waitMs)
        throw new BatonError('unavailable', `${path} is locked by another process`);
      await sleep(POLL_MS);
    }
    return await work();
  } finally {
    lock.close();
  }
}

/** Like {@link withLock}, without waiting: undefined when the lock is held elsewhere. */
export async function tryWithLock<T>(path: string, work: () => Promise<T>): Promise<T | undefined> {
  const lock = new DatabaseSync(path);
  try {
    return tryLock(lock) ? await work() : undefined;
  } finally {
    lock.close();
  }
}

function tryLock(lock: DatabaseSync): boolean {
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (reason) {
    if (reason instanceof Error && 'errcode' in reason && reason.errcode === BUSY) return false;
    throw reason;
  }
}

/** Runs tasks of the same key one after another, and tasks of different keys concurrently. */
export type Serialize = <T>(key: string, task: () => Promise<T>) => Promise<T>;

export function createSerialize(): Serialize {
  const tails = new Map<string, Promise<unknown>>();
  return async (key, task) => {
    const before = tails.get(key) ?? Promise.resolve();
    // The caller of the previous task handles its failure.
    const mine = before.then(task, task);
    tails.set(key, mine);
    try {
      return await mine;
    } finally {
      if (tails.get(key) === mine) tails.delete(key);
    }
  };
}
