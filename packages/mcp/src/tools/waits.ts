import { BatonError } from '@baton/core';

/** As long as a call may wait: clients give up after a minute by default. */
export const MOST_WAIT_SECONDS = 50;
/** Calls that wait at once, of all clients together. */
const MOST_WAITS = 1000;

/** The waiting of clients for something to happen: bounded in number and in time, and ended together. */
export interface Waits {
  /**
   * Lets a call wait. The signal of `work` fires when the time is over, when the caller has gone, and when all
   * waits end: then the call answers what there is.
   *
   * @throws BatonError `limit_exceeded`, retryable, when 1000 calls wait.
   */
  during<T>(
    seconds: number,
    caller: AbortSignal,
    work: (ending: AbortSignal) => Promise<T>,
  ): Promise<T>;
}

/** @param all ends every wait. Default: each ends by itself. */
export function createWaits(all: AbortSignal | undefined, most: number = MOST_WAITS): Waits {
  let waiting = 0;
  return {
    async during(seconds, caller, work) {
      const time = AbortSignal.timeout(seconds * 1000);
      const ending = AbortSignal.any([caller, time, ...(all === undefined ? [] : [all])]);
      if (seconds === 0) return work(ending);
      if (waiting >= most) {
        const message = `${most} calls wait already, the limit: call again later, or without waiting (0 seconds)`;
        throw new BatonError('limit_exceeded', message, { retryable: true });
      }
      waiting += 1;
      try {
        return await work(ending);
      } finally {
        waiting -= 1;
      }
    },
  };
}
