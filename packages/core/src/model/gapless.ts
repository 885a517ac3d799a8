import { BatonError } from './errors.ts';

/**
 * That numbered records of one workflow follow one another: numbers are given without gaps, so one that
 * is missing is one that the store has lost.
 *
 * @param what the records, in the plural.
 * @param after the number before the first of them.
 * @throws BatonError `data_loss`.
 */
export function refuseGaps(
  workflowId: string,
  what: 'events' | 'handoffs',
  after: number,
  numbers: readonly number[],
): void {
  const at = numbers.findIndex((number, i) => number !== after + i + 1);
  const found = numbers[at];
  if (found === undefined) return;
  throw lostRecords(workflowId, `${what}: found number ${found}, expected ${after + at + 1}`);
}

/** The store no longer has what it had. */
export function lostRecords(workflowId: string, problem: string): BatonError {
  return new BatonError('data_loss', `workflow ${workflowId}: ${problem}`, {
    metadata: { workflowId },
  });
}
