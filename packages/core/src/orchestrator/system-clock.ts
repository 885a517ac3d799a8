import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../ports/clock.ts';

/** The longest timer, 24.8 days. A longer one fires at once: its delay is a signed 32-bit number. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    try {
      // What is overdue: Node warns of a negative delay, on the user's stderr.
      let left = Math.max(0, ms);
      do {
        // Even a sleep of no time lets others have their turn.
        await setTimeout(Math.min(left, MAX_TIMER_MS), undefined, { signal });
        left -= MAX_TIMER_MS;
      } while (left > 0);
    } catch {
      // Aborted: that is an end like any other.
    }
  },
};
