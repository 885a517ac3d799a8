import { BatonError } from '@baton/core/errors';
import { backoffMs, untilAborted } from '@baton/core/waits';
import type { CallSettings } from './client-options.ts';
import { toBatonError } from './errors.ts';

/** Longest wait between two tries, in milliseconds. */
const MAX_BACKOFF_MS = 10_000;

export interface Repetition extends CallSettings {
  /** Ends the call, and the waits between its tries. */
  readonly signal: AbortSignal;
  /** The type of the request. */
  readonly request?: string | undefined;
}

/**
 * Makes a call, again while the server is away. Every try is the same request with the same id, so
 * that repeating a change cannot make it twice.
 */
export async function repeat<T>(repetition: Repetition, call: () => Promise<T>): Promise<T> {
  const { retries, signal } = repetition;
  for (let failures = 1; ; failures++) {
    try {
      return await call();
    } catch (reason) {
      const error = toBatonError(reason, repetition);
      if (!isWorthAnother(error) || failures > retries) throw error;
      await pauseAfter(failures, repetition, signal);
    }
  }
}

/** Whether the server may be back soon. */
export function isWorthAnother({ code, retryable }: BatonError): boolean {
  return code === 'unavailable' && retryable;
}

/**
 * Waits longer after each failure in a row, from 1.
 *
 * @throws BatonError `cancelled` as soon as `signal` aborts.
 */
export async function pauseAfter(
  failures: number,
  { backoffMs: initialMs }: Pick<CallSettings, 'backoffMs'>,
  signal: AbortSignal,
): Promise<void> {
  const ms = backoffMs(failures, { initialMs, maxMs: MAX_BACKOFF_MS }, Math.random);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const passed = () =>
    new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    });
  try {
    await untilAborted(passed, signal);
  } catch {
    throw new BatonError('cancelled', 'the call was aborted', { cause: signal.reason });
  } finally {
    clearTimeout(timer);
  }
}
