import { type ApprovalRule, ERROR_STATE, type WorkflowDefinition } from '../model/definition.ts';
import { BatonError } from '../model/errors.ts';
import { isTestimony } from '../model/evidence.ts';
import type { JsonObject } from '../model/json.ts';
import { refuseMore } from '../model/payload-size.ts';
import type { AdvanceReply } from '../model/replies.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';
import { change } from './change.ts';
import type { AdvanceCommand, Change, Decision } from './command.ts';
import { refuseAtGate } from './gates.ts';
import {
  refuseEnded,
  refuseNonHolder,
  refuseNonOwner,
  refuseStale,
  refuseUnknownState,
} from './guards.ts';
import { finished, type Move, moveOn } from './move-on.ts';
import { refuseUnknownPerformer } from './separation.ts';
import { NO_REPORT } from './settle.ts';
import { divertWhenTimedOut, timeoutOf, toError } from './to-error.ts';
import { beginWaiting, refuseWaiting } from './waiting.ts';

/** A role has finished its state: the baton moves forward, or, when it says so, to `error`. */
export function advance(
  definition: WorkflowDefinition,
  snapshot: WorkflowSnapshot,
  command: AdvanceCommand,
): Decision<AdvanceReply> {
  const { now, role } = command;
  const refused =
    refuseStale(snapshot, command) ??
    refuseUnknownState(definition, 'completedState', command.completedState) ??
    refuseEnded(definition, snapshot) ??
    refuseWrongState(definition, snapshot, command) ??
    refuseNonOwner(definition, snapshot, role) ??
    refuseWaiting(snapshot) ??
    refuseNonHolder(snapshot, command.claimToken, now);
  if (refused !== undefined) return { kind: 'rejected', error: refused };
  const timedOut = divertWhenTimedOut(definition, snapshot, now, command);
  if (timedOut !== undefined) return timedOut;
  if (command.nextState === ERROR_STATE) return declareFailure(definition, snapshot, command);

  const next = chooseNext(definition, snapshot, command.nextState);
  if (BatonError.is(next)) return { kind: 'rejected', error: next };
  const unknown = refuseUnknownPerformer(definition, snapshot, command.claimToken);
  if (unknown !== undefined) return { kind: 'rejected', error: unknown };
  const passed = handOver(definition, snapshot, command);
  if (BatonError.is(passed)) return { kind: 'rejected', error: passed };
  return moveTo(definition, snapshot, command, next, passed);
}

function refuseWrongState(
  definition: WorkflowDefinition,
  snapshot: WorkflowSnapshot,
  { completedState: completed, role }: AdvanceCommand,
): BatonError | undefined {
  const { id, state } = snapshot;
  if (state === ERROR_STATE) {
    const timeout = timeoutOf(definition, snapshot);
    if (timeout?.before.state === completed) {
      return refuseNonOwner(definition, timeout.before, role) ?? timeout.error;
    }
    const legal = ['request retry', 'rollback'];
    const message = `workflow ${id} waits in 'error' (${snapshot.failure?.message}); only ${legal.join(' or ')} moves it on`;
    return new BatonError('wrong_state', message, { legal });
  }
  if (completed === state) return undefined;
  return new BatonError(
    'wrong_state',
    `workflow ${id} is in '${state}', not in '${completed}': it has moved, or never was there`,
    { legal: [state] },
  );
}

function chooseNext(
  definition: WorkflowDefinition,
  { id, state }: WorkflowSnapshot,
  wanted: string | undefined,
): string | BatonError {
  const legal = definition.forward[state] as readonly string[];
  if (wanted === undefined) {
    if (legal.length === 1) return legal[0] as string;
    const message = `state '${state}' of workflow ${id} has several ways on: name one of ${legal.join(', ')}`;
    return new BatonError('invalid_input', message, {
      violations: [{ field: 'nextState', description: `expected one of ${legal.join(', ')}` }],
      legal,
    });
  }
  if (legal.includes(wanted)) return wanted;
  const unknown = refuseUnknownState(definition, 'nextState', wanted);
  if (unknown !== undefined) return unknown;
  const back =
    definition.edges[state]?.[wanted] === 'retry' ? '; to send work back, request a retry' : '';
  return new BatonError(
    'illegal_transition',
    `'${state}' → '${wanted}' is not a transition that an advance can take; from '${state}' it leads to ${legal.join(', ')}${back}`,
    { legal },
  );
}

/** What the next role receives: the output just made, or, over a border, the one that led here. */
function handOver(
  definition: WorkflowDefinition,
  snapshot: WorkflowSnapshot,
  command: AdvanceCommand,
): JsonObject | BatonError {
  const { state } = snapshot;
  const found = definition.states[state];
  const { result, checkpoint } = command;
  if (found?.kind !== 'phase') {
    if (checkpoint !== undefined && checkpoint.digest !== snapshot.checkpoint?.digest) {
      const description = `no role works in '${state}': its workspace stays ${snapshot.checkpoint?.digest ?? '(none)'}, found ${checkpoint.digest}`;
      return new BatonError('invalid_input', description, {
        violations: [{ field: 'checkpoint', description }],
      });
    }
    if (result === undefined || Object.keys(result).length === 0) {
      return snapshot.outputs[snapshot.path.at(-1)?.phase ?? ''] ?? {};
    }
    const description = `'${state}' is a handoff: it has no output of its own; leave the result out`;
    return new BatonError('invalid_input', description, {
      violations: [{ field: 'result', description }],
    });
  }
  if (result === undefined) {
    const description = `phase '${state}' ends with an output; found none`;
    return new BatonError('invalid_input', description, {
      violations: [{ field: 'result', description }],
    });
  }
  const accepted = command.checkResult === undefined ? result : command.checkResult(result);
  if (BatonError.is(accepted)) return accepted;
  const isRequired = definition.workspace === 'required';
  if (checkpoint === undefined && (isRequired || snapshot.checkpoint !== undefined)) {
    const why = snapshot.checkpoint === undefined ? 'needs' : 'has';
    const description = `workflow ${snapshot.id} ${why} a workspace: phase '${state}' ends with a checkpoint of it; found none`;
    return new BatonError('invalid_input', description, {
      violations: [{ field: 'checkpoint', description }],
    });
  }
  const { requirements, metadata, outputs } = snapshot;
  return (
    refuseMore(
      () => [requirements, metadata, ...Object.values(outputs)],
      [requirements, metadata, ...Object.values({ ...outputs, [state]: accepted })],
    ) ??
    refuseAtGate(state, found, accepted, { checkpoint, outputs }) ??
    accepted
  );
}

function moveTo(
  definition: WorkflowDefinition,
  snapshot: WorkflowSnapshot,
  command: AdvanceCommand,
  next: string,
  data: JsonObject,
): Decision<AdvanceReply> {
  const { now, role, claimToken } = command;
  const approval = definition.approvals.find(
    ({ from, to }) => from === snapshot.state && to === next,
  );
  const move: Move = {
    now,
    role,
    data,
    checkpoint: command.checkpoint,
    attestedBy: isTestimony(command) ? (command.attestedBy ?? snapshot.claim?.worker) : undefined,
    claimExpiredBy: claimToken === undefined ? now : undefined,
    report: command,
  };
  return approval === undefined
    ? accepted(definition, snapshot, moveOn(definition, snapshot, next, move), data)
    : accepted(definition, snapshot, holdFor(definition, snapshot, approval, move), data);
}

/** Everything is in place but the approval. */
function holdFor(
  definition: WorkflowDefinition,
  snapshot: WorkflowSnapshot,
  { to, by }: ApprovalRule,
  { now, role, data, checkpoint, attestedBy, claimExpiredBy, report = NO_REPORT }: Move,
): Change {
  const { outputs, performers } = finished(definition, snapshot, data);
  return change(snapshot, now, {
    patch: {
      outputs,
      performers,
      ...beginWaiting({ kind: 'approval', since: now, to, role, approvers: by }),
      checkpoint: checkpoint ?? snapshot.checkpoint,
    },
    events: [
      {
        type: 'approval_requested',
        triggeredBy: role,
        data: {
          state: snapshot.state,
          next: to,
          approvers: by,
          ...(checkpoint !== undefined && { checkpoint: { ...checkpoint } }),
          ...(attestedBy !== undefined && { attestedBy }),
        },
      },
    ],
    claimExpiredBy,
    report,
  });
}

/** An owner may give up: the result's `reason`, if it has one, says why. */
function declareFailure(
  definition: WorkflowDefinition,
  snapshot: WorkflowSnapshot,
  command: AdvanceCommand,
): Decision<AdvanceReply> {
  const { now, role, result, claimToken } = command;
  if (command.checkpoint !== undefined) {
    const unknown = refuseUnknownPerformer(definition, snapshot, claimToken);
    if (unknown !== undefined) return { kind: 'rejected', error: unknown };
  }
  const reason = result?.['reason'];
  const message = typeof reason === 'string' ? reason : `'${role}' gave up in '${snapshot.state}'`;
  const failed = toError(
    definition,
    snapshot,
    now,
    { code: 'role_failed', message, triggeredBy: role },
    {
      claimExpiredBy: claimToken === undefined ? now : undefined,
      report: command,
      work: command,
    },
  );
  return accepted(definition, snapshot, failed, {});
}

function accepted(
  definition: WorkflowDefinition,
  before: WorkflowSnapshot,
  change: Change,
  handoffData: JsonObject,
): Decision<AdvanceReply> {
  const { id, state, role, revision, epoch, awaiting } = change.snapshot;
  return {
    kind: 'accepted',
    change,
    reply: {
      workflowId: id,
      previousState: before.state,
      state,
      role,
      handoffData,
      complete: definition.states[state]?.kind === 'final',
      awaitsApproval: awaiting !== undefined,
      revision,
      epoch,
    },
  };
}
