import { roleToAct, type WorkflowDefinition } from '../model/definition.ts';
import { NO_PHASE_USAGE, type PhaseUsage } from '../model/usage.ts';
import type { RollbackPlan } from '../model/views.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';
import { phasesOnPath } from './send-back.ts';

/** What a plan says of the workflow alone: the rest lies beside it, in the trail and with the artifacts. */
export type PlannedChange = Omit<RollbackPlan, 'digest' | 'withdrawn' | 'artifacts'> & {
  readonly withdrawn: readonly Omit<RollbackPlan['withdrawn'][number], 'attempts'>[];
};

/**
 * What a rollback does, as the difference between the workflow before and after it: `after` comes from the
 * transition itself, so that a plan cannot promise anything else.
 */
export function plannedChange(
  definition: WorkflowDefinition,
  before: WorkflowSnapshot,
  after: WorkflowSnapshot,
): PlannedChange {
  const { claim } = before;
  const kept = phasesOnPath(after).slice(0, -1);
  return {
    workflowId: before.id,
    revision: before.revision,
    epoch: before.epoch,
    state: before.state,
    targetState: after.state,
    role: after.role,
    withdrawn: phasesOnPath(before)
      .slice(kept.length)
      .map((state) => ({
        state,
        role: roleToAct(definition, state),
        hasOutput: Object.hasOwn(before.outputs, state) && !Object.hasOwn(after.outputs, state),
        usage: usageIn(before, state),
      })),
    claim:
      claim && after.claim === undefined
        ? { worker: claim.worker, claimedAt: claim.claimedAt, expiresAt: claim.expiresAt }
        : undefined,
    questions: before.questions.filter((question) => !after.questions.includes(question)),
    awaiting: after.awaiting === undefined ? before.awaiting : undefined,
    failure: after.failure === undefined ? before.failure : undefined,
    checkpointBefore: before.checkpoint,
    checkpointAfter: after.checkpoint,
  };
}

/** Own counts only: a state may be called `constructor`. */
function usageIn({ usage }: WorkflowSnapshot, state: string): PhaseUsage {
  return Object.hasOwn(usage, state) ? (usage[state] as PhaseUsage) : NO_PHASE_USAGE;
}
