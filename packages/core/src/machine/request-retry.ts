import { ERROR_STATE, roleToAct, type WorkflowDefinition } from '../model/definition.ts';
import { BatonError } from '../model/errors.ts';
import type { RequestRetryReply } from '../model/replies.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';
import { change } from './change.ts';
import type { Change, Decision, RequestRetryCommand } from './command.ts';
import {
  refuseEnded,
  refuseForeignRole,
  refuseNonHolder,
  refuseStale,
  refuseUnknownState,
} from './guards.ts';
import { backTo, hopsBack, phasesOnPath } from './send-back.ts';
import { divertWhenTimedOut, toError } from './to-error.ts';

/** Sends the work back with the reason as feedback; past the budget it goes to `error` instead. */
export function requestRetry(
  definition: WorkflowDefinition,
  snapshot: WorkflowSnapshot,
  command: RequestRetryCommand,
): Decision<RequestRetryReply> {
  const { now, claimToken, targetState } = command;
  const refused =
    refuseStale(snapshot, command) ??
    refuseEnded(definition, snapshot) ??
    refuseForeignRole(definition, snapshot, command.requestedBy) ??
    (claimToken === undefined ? undefined : refuseNonHolder(snapshot, claimToken, now)) ??
    (targetState === undefined
      ? undefined
      : refuseUnknownState(definition, 'targetState', targetState));
  if (refused !== undefined) return { kind: 'rejected', error: refused };
  const inError = snapshot.state === ERROR_STATE;
  if (!inError) {
    const timedOut = divertWhenTimedOut(definition, snapshot, now);
    if (timedOut !== undefined) return timedOut;
  }
  const target = chooseTarget(definition, snapshot, targetState);
  if (target instanceof BatonError) return { kind: 'rejected', error: target };
  const { maxRetries } = snapshot.limits;
  if (snapshot.retries < maxRetries) {
    const change = sendBack(definition, snapshot, command, target);
    return accepted(snapshot, change);
  }
  const spent = `all ${maxRetries} retries are spent`;
  if (inError) {
    const legal = phasesOnPath(snapshot);
    const message = `workflow ${snapshot.id}: ${spent}; a rollback to ${legal.join(' or ')} begins again with a fresh budget`;
    return { kind: 'rejected', error: new BatonError('budget_spent', message, { legal }) };
  }
  const reason = {
    code: 'budget_spent',
    message: `${spent}; the last reason was: ${command.reason}`,
    triggeredBy: command.requestedBy,
  };
  return accepted(snapshot, toError(definition, snapshot, now, reason));
}

function chooseTarget(
  definition: WorkflowDefinition,
  snapshot: WorkflowSnapshot,
  wanted: string | undefined,
): string | BatonError {
  const { id, state } = snapshot;
  const legal = phasesOnPath(snapshot).filter((phase) => phase !== state);
  const found = definition.states[state];
  const usual =
    found?.kind === 'phase' || found?.kind === 'handoff' ? found.retryTo : snapshot.failure?.phase;
  const target = wanted ?? usual;
  if (target !== undefined && legal.includes(target)) return target;
  const choices = legal.length === 0 ? 'there is none: roll back to it instead' : legal.join(', ');
  return new BatonError(
    'illegal_transition',
    `a retry in '${state}' of workflow ${id} sends the work to an earlier phase${target === undefined ? '' : `, which '${target}' is not`}; earlier phases: ${choices}`,
    { legal },
  );
}

function sendBack(
  definition: WorkflowDefinition,
  snapshot: WorkflowSnapshot,
  command: RequestRetryCommand,
  target: string,
): Change {
  const { now, requestedBy, reason, details } = command;
  const retries = snapshot.retries + 1;
  const checkpoint = command.checkpoint ?? snapshot.checkpoint;
  const fromState = snapshot.failure?.state ?? snapshot.state;
  const facts = { reason, retries, maxRetries: snapshot.limits.maxRetries };
  return change(
    snapshot,
    now,
    {
      ...backTo(definition, snapshot, target, now, { phase: target, enteredAt: now, checkpoint }),
      retries,
      feedback: { reason, details, fromState, fromRole: requestedBy, at: now },
      deadline:
        snapshot.state === ERROR_STATE ? now + snapshot.limits.timeoutMs : snapshot.deadline,
    },
    hopsBack(definition, snapshot, target, 'retry_requested', requestedBy, facts),
    {
      fromRole: requestedBy,
      toRole: roleToAct(definition, target),
      toState: target,
      data: details === undefined ? { reason } : { reason, details },
    },
  );
}

function accepted(before: WorkflowSnapshot, change: Change): Decision<RequestRetryReply> {
  const { id, state, role, revision, epoch, retries, limits } = change.snapshot;
  return {
    kind: 'accepted',
    change,
    reply: {
      workflowId: id,
      previousState: before.state,
      state,
      role,
      retries,
      maxRetries: limits.maxRetries,
      revision,
      epoch,
    },
  };
}
