import { ERROR_STATE, roleToAct, type WorkflowDefinition } from '../model/definition.ts';
import { BatonError } from '../model/errors.ts';
import type { JsonObject } from '../model/json.ts';
import type { AdvanceReply } from '../model/replies.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';
import { change, entering } from './change.ts';
import type { AdvanceCommand, Decision } from './command.ts';
import { refuseAtGate } from './gates.ts';
import {
  refuseEnded,
  refuseNonHolder,
  refuseNonOwner,
  refuseStale,
  refuseUnknownState,
} from './guards.ts';
import { divertWhenTimedOut, toError } from './to-error.ts';

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
    refuseWrongState(snapshot, command.completedState) ??
    refuseNonOwner(definition, snapshot, role) ??
    refuseNonHolder(snapshot, command.claimToken, now);
  if (refused !== undefined) return { kind: 'rejected', error: refused };
  const timedOut = divertWhenTimedOut(definition, snapshot, now);
  if (timedOut !== undefined) return timedOut;
  if (command.nextState === ERROR_STATE) return declareFailure(definition, snapshot, command);

  const next = chooseNext(definition, snapshot, command.nextState);
  if (next instanceof BatonError) return { kind: 'rejected', error: next };
  const passed = handOver(definition, snapshot, command);
  if (passed instanceof BatonError) return { kind: 'rejected', error: passed };
  return moveTo(definition, snapshot, command, next, passed);
}

function refuseWrongState(snapshot: WorkflowSnapshot, completed: string): BatonError | undefined {
  const { id, state } = snapshot;
  if (state === ERROR_STATE) {
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
  if (checkpoint === undefined && snapshot.checkpoint !== undefined) {
    const description = `workflow ${snapshot.id} has a workspace: phase '${state}' ends with a checkpoint of it; found none`;
    return new BatonError('invalid_input', description, {
      violations: [{ field: 'checkpoint', description }],
    });
  }
  return refuseAtGate(state, found, result, checkpoint) ?? result;
}

function moveTo(
  definition: WorkflowDefinition,
  snapshot: WorkflowSnapshot,
  command: AdvanceCommand,
  next: string,
  data: JsonObject,
): Decision<AdvanceReply> {
  const { state } = snapshot;
  const { now, role } = command;
  const from = definition.states[state];
  const to = definition.states[next];
  const checkpoint = command.checkpoint ?? snapshot.checkpoint;
  const complete = to?.kind === 'final';
  const toRole = roleToAct(definition, next);
  const gates = from?.kind === 'phase' ? from.gates.map(({ name }) => name) : [];
  const made = change(
    snapshot,
    now,
    {
      ...entering(definition, next, now),
      checkpoint,
      outputs: from?.kind === 'phase' ? { ...snapshot.outputs, [state]: data } : snapshot.outputs,
      path:
        to?.kind === 'phase'
          ? [...snapshot.path, { phase: next, enteredAt: now, checkpoint }]
          : snapshot.path,
      feedback: from?.kind === 'phase' ? undefined : snapshot.feedback,
      completedAt: complete ? Math.max(now, snapshot.createdAt) : undefined,
    },
    [
      {
        type: 'state_advanced',
        triggeredBy: role,
        data: {
          from: state,
          to: next,
          gates,
          ...(command.checkpoint !== undefined && { checkpoint: { ...command.checkpoint } }),
        },
      },
    ],
    { fromRole: role, toRole, toState: next, data },
    command.claimToken === undefined ? now : undefined,
  );
  return {
    kind: 'accepted',
    change: made,
    reply: {
      workflowId: snapshot.id,
      previousState: state,
      state: next,
      role: toRole,
      handoffData: data,
      complete,
      revision: made.snapshot.revision,
      epoch: snapshot.epoch,
    },
  };
}

/** An owner may give up: the result's `reason`, if it has one, says why. */
function declareFailure(
  definition: WorkflowDefinition,
  snapshot: WorkflowSnapshot,
  { now, role, result, claimToken }: AdvanceCommand,
): Decision<AdvanceReply> {
  const reason = result?.['reason'];
  const message = typeof reason === 'string' ? reason : `'${role}' gave up in '${snapshot.state}'`;
  const failed = toError(
    definition,
    snapshot,
    now,
    { code: 'role_failed', message, triggeredBy: role },
    [],
    claimToken === undefined ? now : undefined,
  );
  return {
    kind: 'accepted',
    change: failed,
    reply: {
      workflowId: snapshot.id,
      previousState: snapshot.state,
      state: ERROR_STATE,
      role: undefined,
      handoffData: {},
      complete: false,
      revision: failed.snapshot.revision,
      epoch: snapshot.epoch,
    },
  };
}
