import type { Clock } from '@baton/core';
import { systemClock } from '@baton/core/internal';

/** The system's clock, `aheadMs` ahead: claims of processes that died before have expired. */
export function clockAhead(aheadMs: number): Clock {
  return { ...systemClock, now: () => Date.now() + aheadMs };
}
