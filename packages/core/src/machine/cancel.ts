import { CANCELLED, isCancelled } from '../model/cancelled.ts';
import { ERROR_STATE, type WorkflowDefinition } from '../model/definition.ts';
import { BatonError } from '../model/errors.ts';
import type { CancelReply } from '../model/replies.ts';
import type { Failure, WorkflowSnapshot } from '../model/workflow.ts';
import { change, entering } from './change.ts';
import type { CancelCommand, Decision } from './command.ts';
import { refuseEnded, refusePrincipal, refuseStale } from './guards.ts';
import { phasesOnPath } from './send-back.ts';

/**
 * A person stops the workflow where it stands: it goes to `error` by the failure edge, but it has not failed. The
 * claim ends, and so does any wait for a person. It cancels a workflow whose time is over as well: the person's
 * word says more of why it ended.
 */
export function cancel(
  definition: WorkflowDefinition,
  snapshot: WorkflowSnapshot,
  command: CancelCommand,
): Decision<CancelReply> {
  const { now, by, reason } = command;
  const refused =
    refuseStale(snapshot, command) ??
    refuseEnded(definition, snapshot) ??
    refusePrincipal(definition, by, []) ??
    refuseInError(snapshot);
  if (refused !== undefined) return { kind: 'rejected', error: refused };

  const { state: from, questions } = snapshot;
  const phase = phasesOnPath(snapshot).at(-1) as string;
  const failure: Failure = {
    ...{ state: from, phase, code: CANCELLED, message: reason },
    ...{ details: undefined, at: now, by },
  };
  const made = change(snapshot, now, {
    patch: {
      ...entering(definition, ERROR_STATE, now),
      failure,
      questions: questions.filter(({ answer }) => answer !== undefined),
    },
    events: [
      {
        type: 'workflow_cancelled',
        triggeredBy: by,
        data: { from, to: ERROR_STATE, phase, code: CANCELLED, reason },
      },
    ],
  });
  const { id, state, role, revision, epoch, updatedAt } = made.snapshot;
  return {
    kind: 'accepted',
    change: made,
    reply: {
      ...{ workflowId: id, previousState: from, state, role },
      ...{ cancelledBy: by, at: updatedAt, revision, epoch },
    },
  };
}

function refuseInError(snapshot: WorkflowSnapshot): BatonError | undefined {
  const { id, state } = snapshot;
  if (state !== ERROR_STATE) return undefined;
  const how = isCancelled(snapshot) ? 'was cancelled' : 'has failed';
  return new BatonError(
    'wrong_state',
    `workflow ${id} ${how} already and waits in '${ERROR_STATE}': nothing runs that could be cancelled; request a retry, or roll back to one of ${phasesOnPath(snapshot).join(', ')}`,
    { legal: ['request retry', 'rollback'] },
  );
}
