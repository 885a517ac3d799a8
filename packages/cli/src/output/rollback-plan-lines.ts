import { duration, moment, plain } from '@baton/builds/internal';
import type { RollbackPlan } from '@baton/core';
import { fields, table } from './table.ts';
import { tokensAndCost } from './usage.ts';

/** What a rollback would do, for people. */
export function rollbackPlanLines(plan: RollbackPlan, room?: number): readonly string[] {
  const { claim, awaiting, questions, artifacts, checkpointBefore, checkpointAfter } = plan;
  return [
    ...fields(
      [
        ['workflow', plan.workflowId],
        ['state', `${plan.state} → ${plan.targetState}`],
        ['role to act', plan.role],
        ['interrupts', claim && `${plain(claim.worker)}, at work since ${moment(claim.claimedAt)}`],
        ['waits no more for', awaiting?.kind],
        ['withdraws questions', questions.map(({ id }) => id).join(', ')],
        ['withdraws artifacts', artifacts && counted(artifacts.byKind)],
        ['leaves the files', checkpointBefore && plain(checkpointBefore.commit)],
        ['goes back to', checkpointBefore && plain(checkpointAfter?.commit ?? 'the beginning')],
        ['revision', `${plan.revision}, epoch ${plan.epoch}`],
        ['plan', plan.digest],
      ],
      room,
    ),
    '',
    ...table(
      ['WITHDRAWN', 'ROLE', 'OUTPUT', 'ATTEMPTS', 'SPENT', 'TIME'],
      plan.withdrawn.map(({ state, role, hasOutput, attempts, usage }) => [
        state,
        role ?? '-',
        hasOutput ? 'yes' : 'no',
        String(attempts),
        tokensAndCost(usage) || '-',
        duration(usage.durationMs),
      ]),
      room,
    ),
  ];
}

function counted(byKind: Readonly<Record<string, number>>): string {
  const counts = Object.entries(byKind).map(([kind, count]) => `${count} ${kind}`);
  return counts.join(', ') || 'none';
}
