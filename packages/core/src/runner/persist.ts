import { backoffMs, untilAborted } from '../waits.ts';
import type { ResolvedRunnerOptions } from './runner-options.ts';

/** Times that an attempt tries to reach its files: about four minutes by the default backoff. */
const MAX_TRIES = 10;

/**
 * Does `work` on the files of an attempt, and again when a retry can help: while the place that they travel by is
 * away. The claim is held meanwhile. It is cheaper to wait than to let an attempt fail, of which there are few.
 *
 * @throws BatonError what the last try came to, or the reason of `signal`.
 */
export async function persist<T>(
  { clock, backoff, random, errorOf, onReport }: ResolvedRunnerOptions,
  workflowId: string,
  work: () => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  let told: string | undefined;
  for (let tried = 1; ; tried++) {
    try {
      return await untilAborted(work, signal);
    } catch (reason) {
      const error = errorOf(reason);
      if (signal.aborted || !error.retryable || tried === MAX_TRIES) throw reason;
      // That it is still the same trouble is no news.
      if (error.message !== told) onReport({ kind: 'trouble', workflowId, error });
      told = error.message;
      await clock.sleep(backoffMs(tried, backoff, random), signal);
    }
  }
}
