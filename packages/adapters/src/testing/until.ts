import { setTimeout as sleep } from 'node:timers/promises';
import { WAIT_MS } from './patience.ts';

const EVERY_MS = 20;

/**
 * Resolves once `holds`. What it throws counts as no: it is asked again, by default until the test has to
 * end.
 *
 * @throws Error when it still does not hold after `timeoutMs`.
 */
export async function until(
  holds: () => boolean | Promise<boolean>,
  { timeoutMs = WAIT_MS, failure = 'it did not happen in time' } = {},
): Promise<void> {
  const end = performance.now() + timeoutMs;
  let cause: unknown;
  while (performance.now() < end) {
    try {
      if (await holds()) return;
    } catch (reason) {
      cause = reason;
    }
    await sleep(EVERY_MS);
  }
  throw new Error(failure, { cause });
}
