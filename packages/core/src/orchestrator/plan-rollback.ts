import { hash } from 'node:crypto';
import { type PlannedChange, plannedChange } from '../machine/rollback-plan.ts';
import { transition } from '../machine/transition.ts';
import { canonicalJson } from '../model/canonical-json.ts';
import { type PlanRollbackRequest, planRollbackRequest } from '../model/requests.ts';
import type { RollbackPlan } from '../model/views.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';
import type { OrchestratorContext } from './context.ts';
import { load } from './load.ts';
import { validate } from './validate.ts';
import { watch } from './watch.ts';

/** What a rollback by a person would do. It is decided as the rollback itself, and then not committed. */
export async function planRollback(
  context: OrchestratorContext,
  request: PlanRollbackRequest,
): Promise<RollbackPlan> {
  const { workflowId, targetState } = validate(planRollbackRequest, request, 'the plan request');
  const { snapshot } = await load(context, workflowId);
  const definition = context.definitions.of(snapshot);
  const decision = transition<'rollback'>(definition, snapshot, {
    kind: 'rollback',
    now: context.options.clock.now(),
    targetState,
    by: snapshot.userId,
    reason: 'a plan',
  });
  if (decision.kind === 'rejected') throw decision.error;
  if (decision.kind !== 'accepted') throw new Error(`a rollback was ${decision.kind}`);
  const planned = plannedChange(definition, snapshot, decision.change.snapshot);
  const attempts = await attemptsByState(context, snapshot);
  return {
    ...planned,
    withdrawn: planned.withdrawn.map((phase) => ({
      ...phase,
      attempts: attempts.get(phase.state) ?? 0,
    })),
    artifacts: undefined,
    digest: planDigest(planned, snapshot),
  };
}

/**
 * Of the plan and of the commit that it was made for: what lies beside the workflow cannot have changed either
 * without another commit. Until when a claim holds is not part of it, for a renewal changes nothing else.
 */
export function planDigest(planned: PlannedChange, { commitId }: WorkflowSnapshot): string {
  const { claim } = planned;
  const plan = {
    ...planned,
    claim: claim && { worker: claim.worker, claimedAt: claim.claimedAt },
    commitId,
  };
  return hash('sha256', canonicalJson(plan), 'hex');
}

/** How often each state was claimed, up to the snapshot. */
async function attemptsByState(
  context: OrchestratorContext,
  { id: workflowId, sequence: last }: WorkflowSnapshot,
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for await (const { type, data, sequence } of watch(context, { workflowId, follow: false })) {
    if (sequence > last) break;
    if (type !== 'assignment_claimed') continue;
    const state = String(data['state']);
    counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  return counts;
}
