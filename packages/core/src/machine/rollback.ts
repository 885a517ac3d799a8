import type { WorkflowDefinition } from '../model/definition.ts';
import { BatonError } from '../model/errors.ts';
import type { RollbackReply } from '../model/replies.ts';
import type { PhaseEntry, WorkflowSnapshot } from '../model/workflow.ts';
import { change } from './change.ts';
import type { Decision, RollbackCommand } from './command.ts';
import {
  refuseEnded,
  refuseForeignRole,
  refuseOverClaim,
  refuseStale,
  refuseUnknownState,
} from './guards.ts';
import { backTo, hopsBack, phasesOnPath, questionsOf } from './send-back.ts';

/**
 * Takes the workflow back to the entry of a phase that it has been in, by way of `error`. It is a
 * person's decision: the retry budget and the time limit begin again.
 */
export function rollback(
  definition: WorkflowDefinition,
  snapshot: WorkflowSnapshot,
  command: RollbackCommand,
): Decision<RollbackReply> {
  const { now, targetState: target, by, reason, claimToken } = command;
  const refused =
    refuseStale(snapshot, command) ??
    refuseEnded(definition, snapshot) ??
    refuseForeignRole(definition, snapshot, by) ??
    refuseOverClaim(definition, snapshot, by, claimToken, now) ??
    refuseUnknownState(definition, 'targetState', target) ??
    refuseTarget(snapshot, target);
  if (refused !== undefined) return { kind: 'rejected', error: refused };

  const phases = phasesOnPath(snapshot);
  const before = phases.slice(0, phases.lastIndexOf(target));
  const withdrawn = phases
    .slice(phases.lastIndexOf(target))
    .filter((phase) => Object.hasOwn(snapshot.outputs, phase));
  const entry = snapshot.path.findLast(({ phase }) => phase === target) as PhaseEntry;
  const made = change(snapshot, now, {
    patch: {
      ...backTo(definition, snapshot, target, now, { ...entry, enteredAt: now }),
      questions: questionsOf(snapshot, before),
      // The files go back, too: what was done to them since is not in them any more.
      performers: entry.performers ?? snapshot.performers,
      retries: 0,
      feedback: undefined,
      deadline: now + snapshot.limits.timeoutMs,
    },
    events: hopsBack(definition, snapshot, target, 'rollback_requested', by, {
      reason,
      withdrawn,
    }),
  });
  const { id, state, role, revision, epoch, updatedAt } = made.snapshot;
  return {
    kind: 'accepted',
    change: made,
    reply: {
      workflowId: id,
      previousState: snapshot.state,
      state,
      role,
      rolledBackBy: by,
      at: updatedAt,
      revision,
      epoch,
    },
  };
}

function refuseTarget(snapshot: WorkflowSnapshot, target: string): BatonError | undefined {
  const { id, state } = snapshot;
  const legal = phasesOnPath(snapshot);
  if (legal.includes(target)) return undefined;
  return new BatonError(
    'illegal_transition',
    `workflow ${id} in '${state}' cannot roll back to '${target}': it goes to a phase on the way that led here: ${legal.join(', ')}`,
    { legal },
  );
}
