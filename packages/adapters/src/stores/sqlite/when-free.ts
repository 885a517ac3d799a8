import { setTimeout as sleep } from 'node:timers/promises';
import { isBusy } from './errors.ts';

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
