import type { Clock } from '@baton/core';
import { systemClock } from '@baton/core/internal';

/** The machine's clock, moved: leases run out at once, and nothing has to wait for them. */
export interface MovedClock extends Clock {
  move(ms: number): void;
}

export function createMovedClock(): MovedClock {
  let ahead = 0;
  return {
    ...systemClock,
    now: () => systemClock.now() + ahead,
    move(ms) {
      ahead += ms;
    },
  };
}
