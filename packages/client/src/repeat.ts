import { BatonError } from '@baton/core/errors';
import type { CallSettings } from './client-options.ts';
import { toBatonError } from './errors.ts';

/** Longest wait between two tries, in milliseconds. */
const MAX_BACKOFF_MS = 10_000;

/**
 * Makes a call, again while the server is away. Every try is the same request with the same id, so
 * that repeating a change cannot make it twice.
 */
export async function repeat<T>(
  { retries, backoffMs }: CallSettings,
  call: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await call();
    } catch (reason) {
      const error = toBatonError(reason);
      if (error.code !== 'unavailable' || attempt >= retries) throw error;
      await pause(backoff(attempt, backoffMs), signal);
    }
  }
}

/** Exponential with equal jitter, in milliseconds. */
export function backoff(attempt: number, firstMs: number): number {
  const full = Math.min(MAX_BACKOFF_MS, firstMs * 2 ** attempt);
  return full / 2 + (Math.random() * full) / 2;
}

/** @throws BatonError `cancelled` as soon as `signal` aborts. */
export function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer);
      reject(new BatonError('cancelled', 'the call was aborted', { cause: signal?.reason }));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, ms);
    if (signal?.aborted) abort();
    else signal?.addEventListener('abort', abort, { once: true });
  });
}
