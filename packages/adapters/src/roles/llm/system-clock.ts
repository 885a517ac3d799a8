import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '@baton/core';

export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    // An aborted sleep is over like any other: whoever sleeps looks at the signal.
    await sleep(ms, undefined, signal && { signal }).catch(() => undefined);
  },
};
