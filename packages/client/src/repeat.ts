import { BatonError } from '@baton/core/errors';
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
  const { retries, backoffMs, signal } = repetition;
  for (let attempt = 0; ; attempt++) {
    try {
      return await call();
    } catch (reason) {
      const error = toBatonError(reason, repetition);
      if (!isWorthAnother(error) || attempt >= retries) throw error;
      await pause(backoff(attempt, backoffMs), signal);
    }
  }
}

/** Whether the server may be back soon. */
export function isWorthAnother({ code, retryable }: BatonError): boolean {
  return code === 'unavailable' && retryable;
}

/** Exponential with equal jitter, in milliseconds. */
export function backoff(attempt: number, firstMs: number): number {
  const full = Math.min(MAX_BACKOFF_MS, firstMs * 2 ** attempt);
  return full / 2 + (Math.random() * full) / 2;
}

/** @throws BatonError `cancelled` as soon as `signal` aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer);
      reject(new BatonError('cancelled', 'the call was aborted', { cause: signal.reason }));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort);
      resolve();
    }, ms);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}
