import { BatonError } from '../model/errors.ts';
import type { Clock } from '../ports/runtime.ts';
import { backoffMs } from '../waits.ts';
import type { Aborting } from './aborting.ts';
import type { ResolvedRunnerOptions } from './runner-options.ts';

/** Times that a report is made while the store is away. */
const MAX_REPORTS = 10;
/** How long a runner that is told to stop at once still waits for its last report. */
const LAST_REPORT_MS = 5000;

/**
 * Repeats `report` while the store is away: its request id makes that safe. Once `aborting` has
 * aborted it is tried only once more, and not for long.
 *
 * @throws BatonError what the last report came to.
 */
export async function reportWithRetry<R>(
  { clock, backoff, random }: ResolvedRunnerOptions,
  report: () => Promise<R>,
  aborting: Aborting,
): Promise<R> {
  const { signal } = aborting;
  for (let attempt = 1; ; attempt++) {
    const last = signal.aborted || attempt === MAX_REPORTS;
    try {
      return await notForLong(clock, report, aborting);
    } catch (reason) {
      const error = BatonError.from(reason);
      if (!error.retryable || last || signal.aborted) throw error;
      await clock.sleep(backoffMs(attempt, backoff, random), signal);
    }
  }
}

/** What `report` comes to; `unavailable` when it is not answered soon after `aborting` has aborted. */
function notForLong<R>(clock: Clock, report: () => Promise<R>, aborting: Aborting): Promise<R> {
  return new Promise((resolve, reject) => {
    let cancel = (): void => undefined;
    const lose = (): void => {
      const message = 'the runner was stopped before its report was answered';
      const late = (): void => reject(new BatonError('unavailable', message));
      cancel = clock.schedule(LAST_REPORT_MS, late);
    };
    if (aborting.signal.aborted) lose();
    const unheard = aborting.onAbort(lose);
    const end = (): void => {
      unheard();
      cancel();
    };
    report().then(
      (reply) => {
        end();
        resolve(reply);
      },
      (reason) => {
        end();
        reject(reason);
      },
    );
  });
}
