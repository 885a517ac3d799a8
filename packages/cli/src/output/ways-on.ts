import type { Failure } from '@baton/core';
import type { BuildSummary } from '../run/build-summary.ts';
import type { Whereabouts } from './whereabouts.ts';

/** The phase whose work the later ones check. */
const WORK = 'implementation';

/**
 * The commands that move a failed build on: only those that will not be refused.
 *
 * With its retries spent only a rollback begins anew; over a cap, a retry has to raise it, and is none
 * of those that are counted.
 */
export function waysOn(
  { workflowId, completedPhases, retries, maxRetries }: BuildSummary,
  { code, phase }: Failure,
  where: Whereabouts,
): readonly string[] {
  const targets = [...new Set([...completedPhases, phase])];
  // Work that was sent back too often was found wanting: to look at it once more changes nothing.
  const isWork = code === 'retries_spent' && targets.includes(WORK);
  const target = isWork ? WORK : phase;
  const others = targets.filter((one) => one !== target);
  const retriesSpent = retries >= maxRetries;
  const capReached = code === 'budget_spent';
  const budget = capReached ? ' --budget <name>=<amount>' : '';
  const retry = [
    `baton request-retry ${workflowId} --reason "what to do differently"${budget}${where.state}`,
    `    does ${phase} again, the reason as feedback${capReached ? '; with the cap named above raised' : ''}`,
  ];
  const fresh = retriesSpent ? '; its retries are counted anew' : '';
  const rollback = [
    `baton rollback ${workflowId} --to ${target} --reason "why"${where.state}`,
    `    goes back to where ${target} began, with its files${fresh}`,
    ...(others.length === 0 ? [] : [`    or to where another phase began: ${others.join(', ')}`]),
  ];
  return [
    ...(retriesSpent && !capReached ? [] : retry),
    // What was used stays used: a rollback alone would stop at the same cap.
    ...(capReached ? [] : rollback),
    `baton resume ${workflowId}${where.files}`,
    '    then goes on',
  ];
}
