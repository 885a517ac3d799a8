import type { WorkflowDefinition } from '../model/definition.ts';
import { BatonError } from '../model/errors.ts';
import type { ClaimReply } from '../model/replies.ts';
import type { Claim, WorkflowSnapshot } from '../model/workflow.ts';
import { allowanceFor, RAISE_A_CAP } from './allowance.ts';
import { change } from './change.ts';
import type { ClaimCommand, Decision } from './command.ts';
import { refuseNonHolder, refuseStale } from './guards.ts';
import { refuseUnseparated } from './separation.ts';
import { NO_REPORT, settle } from './settle.ts';
import { divertWhenTimedOut, timeoutOf, toError } from './to-error.ts';
import { refuseWaiting } from './waiting.ts';

/** A worker takes the current assignment, for as long as its lease lasts. */
export function claim(
  definition: WorkflowDefinition,
  snapshot: WorkflowSnapshot,
  command: ClaimCommand,
): Decision<ClaimReply> {
  const { now, worker, token, leaseMs, principal } = command;
  if (snapshot.claim?.token === token && snapshot.claim.expiresAt > now) {
    return { kind: 'unchanged', reply: reply(snapshot, snapshot.claim) };
  }
  const timeout = timeoutOf(definition, snapshot);
  const refused =
    refuseStale(snapshot, command) ??
    refuseWaiting(snapshot) ??
    refuseUnclaimable(definition, timeout?.before ?? snapshot, command.roles) ??
    timeout?.error ??
    refuseNonHolder(snapshot, undefined, now) ??
    refuseEarly(snapshot, now) ??
    refuseUnseparated(definition, snapshot, { worker, ...principal });
  if (refused !== undefined) return { kind: 'rejected', error: refused };
  const timedOut = divertWhenTimedOut(definition, snapshot, now);
  if (timedOut !== undefined) return timedOut;
  const { maxAttempts } = snapshot.limits;
  if (snapshot.attempt >= maxAttempts) return exhausted(definition, snapshot, command);
  // What a claim that ran out has set aside is settled before anything is set aside anew.
  const usage = settle(snapshot, NO_REPORT, now);
  const left = allowanceFor({ ...snapshot, usage }, snapshot.state, command.reserve);
  if (left.kind === 'used_up') return overBudget(definition, snapshot, command, left.message);

  const attempt = snapshot.attempt + 1;
  const taken: Claim = {
    worker,
    token,
    claimedAt: now,
    expiresAt: now + leaseMs,
    principal,
    reserved: left.reserved,
    endsAt: left.wallMs === undefined ? undefined : now + left.wallMs,
    permits: undefined,
  };
  const made = change(snapshot, now, {
    patch: { claim: taken, attempt },
    events: [
      {
        type: 'assignment_claimed',
        triggeredBy: worker,
        data: {
          state: snapshot.state,
          role: snapshot.role ?? '',
          attempt,
          maxAttempts,
          ...(principal.models.length > 0 && { models: principal.models }),
          ...(principal.kind !== undefined && { kind: principal.kind }),
          ...(left.reserved !== undefined && { reserved: { ...left.reserved } }),
        },
      },
    ],
    claimExpiredBy: now,
  });
  return { kind: 'accepted', change: made, reply: reply(made.snapshot, taken) };
}

function refuseUnclaimable(
  definition: WorkflowDefinition,
  { id, state, role }: WorkflowSnapshot,
  roles: readonly string[],
): BatonError | undefined {
  if (definition.states[state]?.kind !== 'phase') {
    return new BatonError('wrong_state', `workflow ${id} is in '${state}': no phase to perform`);
  }
  if (role !== undefined && roles.includes(role)) return undefined;
  const message = `state '${state}' of workflow ${id} belongs to '${role}', not to ${roles.join(', ')}`;
  return new BatonError('not_owner', message, { legal: role === undefined ? [] : [role] });
}

function refuseEarly({ id, notBefore }: WorkflowSnapshot, now: number): BatonError | undefined {
  if (notBefore <= now) return undefined;
  const until = new Date(notBefore).toISOString();
  return new BatonError('wrong_state', `workflow ${id} backs off until ${until}`);
}

/** Workers that die without a word use up attempts too: a poisonous assignment ends here. */
function exhausted(
  definition: WorkflowDefinition,
  snapshot: WorkflowSnapshot,
  { now, worker }: ClaimCommand,
): Decision<never> {
  const message = `all ${snapshot.limits.maxAttempts} attempts at '${snapshot.state}' ended without an outcome`;
  const reason = { code: 'attempts_exhausted', message, triggeredBy: worker };
  return {
    kind: 'diverted',
    change: toError(definition, snapshot, now, reason, { claimExpiredBy: now }),
    error: new BatonError('budget_spent', `workflow ${snapshot.id}: ${message}`),
  };
}

function overBudget(
  definition: WorkflowDefinition,
  snapshot: WorkflowSnapshot,
  { now, worker }: ClaimCommand,
  spent: string,
): Decision<never> {
  const message = `${spent}; ${RAISE_A_CAP}`;
  const reason = { code: 'budget_spent', message, triggeredBy: worker };
  return {
    kind: 'diverted',
    change: toError(definition, snapshot, now, reason, { claimExpiredBy: now }),
    error: new BatonError('budget_spent', `workflow ${snapshot.id}: ${message}`),
  };
}

function reply(snapshot: WorkflowSnapshot, claim: Claim): ClaimReply {
  const { id, state, role, revision, epoch, attempt } = snapshot;
  // A copy: the claim itself is part of the snapshot.
  return { workflowId: id, state, role, revision, epoch, attempt, claim: { ...claim } };
}
