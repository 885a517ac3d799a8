import { ERROR_STATE, roleToAct, type WorkflowDefinition } from '../model/definition.ts';
import { BatonError } from '../model/errors.ts';
import type { JsonObject } from '../model/json.ts';
import type { RequestRetryReply } from '../model/replies.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';
import { change, type EventDraft } from './change.ts';
import type { Change, Decision, RequestRetryCommand } from './command.ts';
import {
  refuseEnded,
  refuseForeignRole,
  refuseOverClaim,
  refuseStale,
  refuseUnknownState,
} from './guards.ts';
import { limitsAfter, raisesLimits, refuseLimits, refuseOverBudget } from './raise-limits.ts';
import { backTo, hopsBack, phasesOnPath, questionsOf } from './send-back.ts';
import { performersAfter, refuseUnknownPerformer } from './separation.ts';
import { divertWhenTimedOut, timeoutOf, toError } from './to-error.ts';
import { deadlineAt } from './waiting.ts';

/**
 * Sends the work back with the reason as feedback; past the budget it goes to `error` instead.
 *
 * @param decided what was decided in the same commit, before the work goes back: an approval that was
 * refused, after which the phase itself may be done again.
 */
export function requestRetry(
  definition: WorkflowDefinition,
  snapshot: WorkflowSnapshot,
  command: RequestRetryCommand,
  decided: readonly EventDraft[] = [],
): Decision<RequestRetryReply> {
  const { now, claimToken, targetState } = command;
  const timeout = timeoutOf(definition, snapshot);
  const refused =
    refuseStale(snapshot, command) ??
    refuseEnded(definition, snapshot) ??
    refuseForeignRole(definition, timeout?.before ?? snapshot, command.by) ??
    (Object.hasOwn(definition.roles, command.by) ? timeout?.error : undefined) ??
    refuseOverClaim(definition, snapshot, command.by, claimToken, now) ??
    refuseLimits(definition, command) ??
    (targetState === undefined
      ? undefined
      : refuseUnknownState(definition, 'targetState', targetState));
  if (refused !== undefined) return { kind: 'rejected', error: refused };
  if (command.checkpoint !== undefined) {
    const unknown = refuseUnknownPerformer(definition, snapshot, claimToken);
    if (unknown !== undefined) return { kind: 'rejected', error: unknown };
  }
  const inError = snapshot.state === ERROR_STATE;
  if (!inError) {
    const timedOut = divertWhenTimedOut(definition, snapshot, now, command);
    if (timedOut !== undefined) return timedOut;
  }
  const target = chooseTarget(definition, snapshot, targetState, decided.length > 0);
  if (BatonError.is(target)) return { kind: 'rejected', error: target };
  const overBudget = refuseOverBudget(snapshot, command, target);
  if (overBudget !== undefined) return { kind: 'rejected', error: overBudget };
  const { maxRetries } = snapshot.limits;
  if (snapshot.retries < maxRetries || raisesLimits(snapshot, command)) {
    const change = sendBack(definition, snapshot, command, target, decided);
    return accepted(snapshot, change);
  }
  const spent = `all ${maxRetries} retries are spent`;
  if (inError) {
    const legal = phasesOnPath(snapshot);
    const message = `workflow ${snapshot.id}: ${spent}; a rollback to ${legal.join(' or ')} begins again with a fresh budget`;
    return { kind: 'rejected', error: new BatonError('budget_spent', message, { legal }) };
  }
  const reason = {
    code: 'retries_spent',
    message: `${spent}; the last reason was: ${command.reason}`,
    triggeredBy: command.by,
  };
  const { details } = command;
  const draft = { events: decided, report: command, work: command, details };
  return accepted(snapshot, toError(definition, snapshot, now, reason, draft));
}

function chooseTarget(
  definition: WorkflowDefinition,
  snapshot: WorkflowSnapshot,
  wanted: string | undefined,
  orAgain: boolean,
): string | BatonError {
  const { id, state } = snapshot;
  const legal = phasesOnPath(snapshot).filter((phase) => orAgain || phase !== state);
  const found = definition.states[state];
  const usual =
    found?.kind === 'phase' || found?.kind === 'handoff' ? found.retryTo : snapshot.failure?.phase;
  const target = wanted ?? usual ?? (orAgain ? state : undefined);
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
  decided: readonly EventDraft[],
): Change {
  const { now, by, reason, budgets, timeoutMs } = command;
  const details = command.details ?? snapshot.failure?.details;
  const limits = limitsAfter(snapshot, command);
  const retries = snapshot.retries + (raisesLimits(snapshot, command) ? 0 : 1);
  const checkpoint = command.checkpoint ?? snapshot.checkpoint;
  // The workspace is kept, and with it whose work is in it.
  const performers = performersAfter(snapshot, command);
  const entry = { phase: target, enteredAt: now, checkpoint, performers };
  const anew = snapshot.state === ERROR_STATE || timeoutMs !== undefined;
  const fromState = snapshot.failure?.state ?? snapshot.state;
  const facts = {
    reason,
    retries,
    maxRetries: limits.maxRetries,
    ...(command.checkpoint !== undefined && { checkpoint: { ...command.checkpoint } }),
    ...(budgets !== undefined && { budgets: budgets as JsonObject }),
    ...(timeoutMs !== undefined && { timeoutMs }),
  };
  return change(snapshot, now, {
    patch: {
      ...backTo(definition, snapshot, target, now, entry),
      questions: questionsOf(snapshot, phasesOnPath(snapshot)),
      performers,
      retries,
      feedback: { reason, details, fromState, fromRole: by, at: now },
      deadline: anew ? now + limits.timeoutMs : deadlineAt(snapshot, now),
      limits,
    },
    events: [...decided, ...hopsBack(definition, snapshot, target, 'retry_requested', by, facts)],
    handoff: {
      fromRole: by,
      toRole: roleToAct(definition, target),
      toState: target,
      data: details === undefined ? { reason } : { reason, details },
    },
    report: command,
  });
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
