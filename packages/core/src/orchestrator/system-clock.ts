import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../ports/clock.ts';

/** A longer timer fires at once: its delay is a signed 32-bit number. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    try {
      for (let left = ms; left > 0; left -= LONGEST_TIMER_MS) {
        await setTimeout(Math.min(left, LONGEST_TIMER_MS), undefined, { signal });
      }
    } catch {
      // Aborted: that is an end like any other.
    }
  },
};
