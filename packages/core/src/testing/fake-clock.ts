import { sleepBy } from '../orchestrator/clocks.ts';
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
  const scheduled = new Set<{ readonly at: number; run(): void }>();

  function schedule(ms: number, run: () => void): () => void {
    const entry = { at: now + ms, run };
    scheduled.add(entry);
    // What is due is not waited for, as by any clock; but it never runs within the call.
    if (ms <= 0) queueMicrotask(() => scheduled.delete(entry) && run());
    return () => void scheduled.delete(entry);
  }

  return {
    now: () => now,
    sleep: sleepBy(schedule),
    schedule,
    advance(ms) {
      now += ms;
      for (const entry of [...scheduled]) {
        if (entry.at <= now && scheduled.delete(entry)) entry.run();
      }
    },
  };
}
