import type { Clock } from '../ports/runtime.ts';

/** A measurement is made anew after this time. */
const MEASURED_FOR_MS = 60_000;
/** The machine's clock has been set, or the machine was asleep: the two clocks have parted by more. */
const STEP_MS = 1000;

/** A clock that goes as the store's does. */
export interface StoreClock extends Clock {
  /** What to wait for before the time is right; absent when it is. */
  ready(): Promise<void> | undefined;
}

interface Measurement {
  /** What the machine's clock is to be moved by. */
  readonly offset: number;
  readonly wall: number;
  readonly monotonic: number;
}

/**
 * Measures how far the machine's clock is from the store's: before the first use, each minute, and
 * whenever the machine's clock was set. Between two measurements it costs no round trip.
 *
 * @param readStoreTime rejects when the store cannot be reached: then `ready` does.
 */
export function createStoreClock(readStoreTime: () => Promise<number>): StoreClock {
  let measured: Measurement | undefined;
  let measuring: Promise<void> | undefined;

  function measure(): Promise<void> {
    measuring ??= take().finally(() => {
      measuring = undefined;
    });
    return measuring;
  }

  async function take(): Promise<void> {
    const before = Date.now();
    const found = await readStoreTime();
    const wall = Date.now();
    // Half of the way was there, half was back.
    measured = { offset: found - (before + wall) / 2, wall, monotonic: performance.now() };
  }

  return {
    now: () => Date.now() + (measured?.offset ?? 0),
    sleep: systemClock.sleep,
    schedule: systemClock.schedule,
    ready() {
      if (measured === undefined) return measure();
      const passed = performance.now() - measured.monotonic;
      if (Math.abs(Date.now() - measured.wall - passed) > STEP_MS) return measure();
      // What is known is good enough while it is measured again, and when that fails.
      if (passed > MEASURED_FOR_MS) void measure().catch(() => undefined);
      return undefined;
    },
  };
}

/** The longest timer, 24.8 days. A longer one fires at once: its delay is a signed 32-bit number. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: sleepBy(schedule),
  schedule,
};

function schedule(ms: number, run: () => void): () => void {
  // What is overdue: Node warns of a negative delay, on the user's stderr.
  let left = Math.max(0, ms);
  let timer: ReturnType<typeof setTimeout>;
  const wait = (): void => {
    const now = Math.min(left, MAX_TIMER_MS);
    left -= now;
    timer = setTimeout(() => (left > 0 ? wait() : run()), now);
  };
  wait();
  return () => clearTimeout(timer);
}

/** The `sleep` of a clock that can schedule. */
export function sleepBy(schedule: Clock['schedule']): Clock['sleep'] {
  return (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const end = (): void => {
        cancel();
        signal?.removeEventListener('abort', end);
        resolve();
      };
      const cancel = schedule(ms, end);
      signal?.addEventListener('abort', end, { once: true });
    });
}
