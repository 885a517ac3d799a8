import type { Decision } from '../machine/command.ts';
import { plannedChange } from '../machine/rollback-plan.ts';
import { transition } from '../machine/transition.ts';
import type { WorkflowDefinition } from '../model/definition.ts';
import { BatonError } from '../model/errors.ts';
import type { RollbackReply } from '../model/replies.ts';
import { type RollbackRequest, rollbackRequest } from '../model/requests.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';
import type { OrchestratorContext } from './context.ts';
import { mutate } from './mutate.ts';
import { planDigest } from './plan-rollback.ts';
import { validate } from './validate.ts';

export async function rollback(
  context: OrchestratorContext,
  request: RollbackRequest,
): Promise<RollbackReply> {
  const { requestId, ...body } = validate(rollbackRequest, request, 'the rollback request');
  const { workflowId, by, expectedPlan, ...asked } = body;
  return mutate<RollbackReply>(context, {
    operation: 'rollback',
    workflowId,
    requestId,
    body,
    decide(definition, snapshot) {
      const now = context.options.clock.now();
      const who = by ?? snapshot.userId;
      const decision = transition<'rollback'>(definition, snapshot, {
        kind: 'rollback',
        now,
        by: who,
        ...asked,
      });
      return asPlanned(definition, snapshot, decision, expectedPlan);
    },
  });
}

/** Refuses a rollback that is not the one that was looked at. */
function asPlanned(
  definition: WorkflowDefinition,
  snapshot: WorkflowSnapshot,
  decision: Decision<RollbackReply>,
  expected: string | undefined,
): Decision<RollbackReply> {
  if (expected === undefined || decision.kind !== 'accepted') return decision;
  const found = planDigest(plannedChange(definition, snapshot, decision.change.snapshot), snapshot);
  if (found === expected) return decision;
  const error = new BatonError(
    'stale_revision',
    `rolling back workflow ${snapshot.id} to '${decision.reply.state}' is plan ${found} now, expected ${expected}: look at what it would withdraw and decide anew`,
    { metadata: { plan: found, revision: String(snapshot.revision) } },
  );
  return { kind: 'rejected', error };
}
