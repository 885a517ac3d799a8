import type { Clock } from '@baton/core';

/** The system's clock, `aheadMs` ahead: claims of processes that died before have expired. */
export function clockAhead(aheadMs: number): Clock {
  return {
    now: () => Date.now() + aheadMs,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, ms);
        signal?.addEventListener('abort', () => resolve(clearTimeout(timer)), { once: true });
      }),
  };
}
