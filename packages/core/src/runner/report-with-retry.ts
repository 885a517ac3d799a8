import { BatonError } from '../model/errors.ts';
import { backoffMs, untilAborted } from '../waits.ts';
import type { ResolvedRunnerOptions } from './runner-options.ts';

/** Times that a report is made while the store is away. */
const MAX_REPORTS = 10;
/** How long a runner that is told to stop at once still waits for its last report. */
const LAST_REPORT_MS = 5000;

/**
 * Repeats `report` while the store is away: its request id makes that safe. Once `stopping` has
 * aborted it is tried only once more, and not for long.
 *
 * @throws BatonError what the last report came to.
 */
export async function reportWithRetry<R>(
  { clock, backoff, random }: ResolvedRunnerOptions,
  report: () => Promise<R>,
  stopping: AbortSignal,
): Promise<R> {
  const settled = new AbortController();
  const patience = new AbortController();
  const lose = (): void => {
    void clock.sleep(LAST_REPORT_MS, settled.signal).then(() => {
      const message = 'the runner was stopped before its report was answered';
      patience.abort(new BatonError('unavailable', message));
    });
  };
  if (stopping.aborted) lose();
  else stopping.addEventListener('abort', lose, { once: true });
  try {
    for (let attempt = 1; ; attempt++) {
      const last = stopping.aborted || attempt === MAX_REPORTS;
      try {
        return await untilAborted(report, patience.signal);
      } catch (reason) {
        const error = BatonError.from(reason);
        if (!error.retryable || last || patience.signal.aborted) throw error;
        await clock.sleep(backoffMs(attempt, backoff, random), stopping);
      }
    }
  } finally {
    stopping.removeEventListener('abort', lose);
    settled.abort();
  }
}
