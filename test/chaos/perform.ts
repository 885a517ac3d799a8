import { BatonError, type Orchestrator } from '@baton/core';
import { passingOutputs } from '@baton/core/testing';
import type { Action, Answer, Outcome } from './call.ts';
import { ROLES, WALK } from './walk.ts';

/** Codes after which a client does not know whether the change was made. */
const UNKNOWN: ReadonlySet<string> = new Set(['unavailable', 'deadline_exceeded']);

/** Asks `baton` for `action`. An error is an outcome too. */
export async function perform(
  baton: Orchestrator,
  workflowId: string,
  action: Action,
): Promise<Outcome> {
  try {
    return { kind: 'ok', answer: await ask(baton, workflowId, action) };
  } catch (reason) {
    const { code, message } = BatonError.from(reason);
    if (UNKNOWN.has(code)) return { kind: 'unknown', code };
    // An internal error is a bug. Its message helps more than its code.
    return { kind: 'refused', code: code === 'internal' ? `internal: ${message}` : code };
  }
}

async function ask(baton: Orchestrator, workflowId: string, action: Action): Promise<Answer> {
  switch (action.kind) {
    case 'advance': {
      const reply = await baton.advance(advanceRequest(workflowId, action));
      return { ...pick(reply), taken: reply.next?.claim.token };
    }
    case 'request retry': {
      const { requestId, expectedRevision } = action;
      const request = { workflowId, requestId, expectedRevision, reason: requestId };
      return pick(await baton.requestRetry(request));
    }
    case 'rollback': {
      const { requestId, expectedRevision, targetState } = action;
      const request = { workflowId, requestId, expectedRevision, targetState, reason: requestId };
      return pick(await baton.rollback(request));
    }
    case 'cancel': {
      const { requestId, expectedRevision } = action;
      const request = { workflowId, requestId, expectedRevision, reason: requestId, by: requestId };
      const reply = await baton.cancel(request);
      return { ...pick(reply), cancelledBy: reply.cancelledBy };
    }
    case 'claim': {
      const { token, leaseMs } = action;
      const request = { workflowId, token, leaseMs, worker: token, roles: [...ROLES] };
      const { claim } = await baton.claim(request);
      return { token: claim.token, expiresAt: claim.expiresAt };
    }
    case 'renew': {
      const { token, leaseMs } = action;
      return { held: await baton.renewClaim({ workflowId, token, leaseMs }) };
    }
    case 'status': {
      const status = await baton.status({ workflowId });
      const { claim, retries, failure } = status;
      const cancelledBy = failure?.code === 'cancelled' ? failure.by : undefined;
      const held = { token: claim?.worker, expiresAt: claim?.expiresAt };
      return { ...pick(status), retries, ...held, cancelledBy };
    }
  }
}

function advanceRequest(workflowId: string, action: Action & { kind: 'advance' }) {
  const { completedState, requestId, givesUp, expectedRevision, claimToken, takes } = action;
  const result = givesUp
    ? { reason: requestId }
    : passingOutputs[completedState as keyof typeof passingOutputs];
  return {
    workflowId,
    role: WALK[completedState]?.role ?? '',
    completedState,
    requestId,
    expectedRevision,
    claimToken,
    // Identifies the change in the audit trail.
    notes: [{ code: 'asked_for', message: requestId }],
    ...(result !== undefined && { result }),
    ...(givesUp && { nextState: 'error' }),
    ...(takes !== undefined && {
      takeNext: [{ ...takes, worker: takes.token, roles: [...ROLES] }],
    }),
  };
}

function pick(reply: {
  readonly revision: number;
  readonly epoch: number;
  readonly state: string;
}) {
  const { revision, epoch, state } = reply;
  return { revision, epoch, state };
}
