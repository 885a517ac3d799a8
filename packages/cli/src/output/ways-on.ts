import type { Failure } from '@baton/core';
import type { BuildSummary } from '../run/build-summary.ts';
import type { Whereabouts } from './whereabouts.ts';

/**
 * The commands that move a failed build on: only those that will not be refused.
 *
 * With its retries spent only a rollback begins anew; over a cap, a retry has to raise it, and is none
 * of those that are counted.
 */
export function waysOn(
  { workflowId, phases, retries, maxRetries }: BuildSummary,
  { code, phase }: Failure,
  where: Whereabouts,
): readonly string[] {
  const target = phases[0]?.phase ?? phase;
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
  ];
  return [
    ...(retriesSpent && !capReached ? [] : retry),
    // What was used stays used: a rollback alone would stop at the same cap.
    ...(capReached ? [] : rollback),
    `baton resume ${workflowId}${where.files}`,
    '    then goes on',
  ];
}
