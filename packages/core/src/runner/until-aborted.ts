import { BatonError } from '../model/errors.ts';

/**
 * What `work` comes to, or, as soon as `signal` aborts, a rejection with its reason: who does not
 * listen to a signal is not waited for. Work is not begun under a signal that has aborted.
 */
export function untilAborted<T>(work: () => Promise<T> | T, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(BatonError.from(signal.reason));
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    Promise.resolve()
      .then(work)
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', abort));
  });
}
