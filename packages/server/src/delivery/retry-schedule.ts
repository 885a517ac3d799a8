import { backoffMs } from '@baton/core/waits';

/** When a delivery that failed is tried again. */
export const RETRY_SCHEDULE = {
  /** The wait after the first try, doubled with each further one. */
  firstMs: 5_000,
  /** The longest wait. */
  mostMs: 4 * 3_600_000,
  /** Tries until an event goes to the dead letters: about three days. */
  tries: 36,
  /** How long a receiver may ask to be left alone. */
  mostRetryAfterMs: 3_600_000,
} as const;

/**
 * Milliseconds until the next try.
 *
 * @param tries made so far, from 1.
 * @param retryAfterMs what the receiver asked for.
 */
export function retryWaitMs(
  tries: number,
  retryAfterMs: number | undefined,
  random: () => number,
): number {
  const { firstMs, mostMs, mostRetryAfterMs } = RETRY_SCHEDULE;
  const wait = backoffMs(tries, { initialMs: firstMs, maxMs: mostMs }, random);
  return Math.max(wait, Math.min(retryAfterMs ?? 0, mostRetryAfterMs));
}
