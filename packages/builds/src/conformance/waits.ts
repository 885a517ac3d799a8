import { setTimeout as sleep } from 'node:timers/promises';
import { BatonError } from '@baton/core';
import { NotMet } from './not-met.ts';

const EVERY_MS = 20;

/** Waits for what a worker does, until the time of a scenario is over. */
export interface Waits {
  /**
   * What `look` finds, as soon as it finds something.
   *
   * @param what what is waited for, in words that follow on "the worker did not".
   * @throws NotMet when the time is over, or the worker has ended.
   */
  until<T>(what: string, look: () => Promise<T | undefined> | T | undefined): Promise<T>;
  /** Waits in any case. */
  pause(ms: number): Promise<void>;
}

/** @param problem says why there is nothing to wait for any more; undefined: there is. */
export function createWaits(
  timeoutMs: number,
  signal: AbortSignal | undefined,
  problem: () => string | undefined,
): Waits {
  const end = performance.now() + timeoutMs;
  const check = (): void => {
    if (signal?.aborted) throw new BatonError('cancelled', 'the tests of the worker were stopped');
    const found = problem();
    if (found !== undefined) throw new NotMet(found);
  };
  return {
    async until(what, look) {
      while (performance.now() < end) {
        const found = await look();
        if (found !== undefined) return found;
        check();
        await sleep(EVERY_MS);
      }
      throw new NotMet(`it did not ${what} within ${timeoutMs / 1000} s`);
    },
    async pause(ms) {
      const until = Math.min(end, performance.now() + ms);
      while (performance.now() < until) {
        check();
        await sleep(EVERY_MS);
      }
    },
  };
}
