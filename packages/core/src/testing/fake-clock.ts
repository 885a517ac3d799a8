import type { Clock } from '../ports/runtime.ts';

/** A clock that stands still until it is moved. */
export interface FakeClock extends Clock {
  /** Moves time on by `ms` and wakes all sleepers whose sleep ends by then. */
  advance(ms: number): void;
}

/**
 * A clock that stands still until `advance` moves it.
 *
 * @param start milliseconds since the Unix epoch. Default: 1 January 2026, UTC.
 * @example
 * import { createMemoryStore, createOrchestrator } from '@baton/core';
 * import { createFakeClock } from '@baton/core/testing';
 * const clock = createFakeClock();
 * const baton = createOrchestrator({ store: await createMemoryStore(), clock });
 * clock.advance(60_000);
 */
export function createFakeClock(start = Date.UTC(2026, 0, 1)): FakeClock {
  let now = start;
  const sleepers = new Set<{ readonly until: number; wake(): void }>();
  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted || ms <= 0) return resolve();
        const wake = (): void => {
          sleepers.delete(sleeper);
          signal?.removeEventListener('abort', wake);
          resolve();
        };
        const sleeper = { until: now + ms, wake };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', wake, { once: true });
      }),
    advance(ms) {
      now += ms;
      for (const { until, wake } of [...sleepers]) if (until <= now) wake();
    },
  };
}
