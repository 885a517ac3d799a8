import { BatonError } from './model/errors.ts';

// How Baton's packages wait, a browser's client too: no part of the API, and free to change.

/**
 * Wait before the attempt after `attempt` (from 1), in whole milliseconds: exponential, with equal jitter,
 * so that it is at least half of the full wait (M. Brooker, "Exponential Backoff and Jitter", 2015).
 */
export function backoffMs(
  attempt: number,
  { initialMs, maxMs }: { readonly initialMs: number; readonly maxMs: number },
  random: () => number,
): number {
  const full = Math.min(maxMs, initialMs * 2 ** (attempt - 1));
  return Math.round(full / 2 + (random() * full) / 2);
}

/**
 * What `work` comes to, or, as soon as `signal` aborts, a rejection with its reason: who does not
 * listen to a signal is not waited for. Work is not begun under a signal that has aborted.
 */
export function untilAborted<T>(work: () => Promise<T> | T, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(BatonError.from(signal.reason));
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    const end = (): void => signal.removeEventListener('abort', abort);
    Promise.resolve()
      .then(work)
      .then(
        (value) => {
          end();
          resolve(value);
        },
        (reason) => {
          end();
          reject(reason);
        },
      );
  });
}
