import { transition } from '../machine/transition.ts';
import { BatonError } from '../model/errors.ts';
import type { ClaimReply } from '../model/replies.ts';
import {
  type ClaimRequest,
  claimRequest,
  type ListClaimableRequest,
  listClaimableRequest,
  type RenewClaimRequest,
  type RenewClaimsRequest,
  renewClaimRequest,
  renewClaimsRequest,
} from '../model/requests.ts';
import type { AvailableWork, ClaimedAssignment } from '../model/views.ts';
import type { Claim, WorkflowSnapshot } from '../model/workflow.ts';
import type { Renewal } from '../ports/workflow-store.ts';
import type { OrchestratorContext } from './context.ts';
import { load } from './load.ts';
import { mutate } from './mutate.ts';
import { claimed, claimTerms } from './take-next.ts';
import { validate } from './validate.ts';

/** The right to perform an assignment: found, taken, renewed. */

export async function listClaimable(
  context: OrchestratorContext,
  request: ListClaimableRequest,
): Promise<readonly AvailableWork[]> {
  const { roles, workflowId, projectIds, limit } = validate(
    listClaimableRequest,
    request,
    'the request for work',
  );
  const now = context.options.clock.now();
  const found =
    workflowId === undefined
      ? await context.store.listClaimable({ roles, now, projectIds, limit })
      : [(await load(context, workflowId)).snapshot].filter((one) => isClaimable(one, roles, now));
  return found.flatMap((snapshot) => {
    const { id, state, role, revision } = snapshot;
    // Work by a definition that this process does not have is for another process.
    const kind = context.definitions.known(snapshot)?.states[state]?.kind;
    if (role === undefined || (kind !== 'phase' && kind !== 'handoff')) return [];
    return [{ workflowId: id, state, role, kind, revision }];
  });
}

export async function claim(
  context: OrchestratorContext,
  request: ClaimRequest,
): Promise<ClaimedAssignment> {
  const body = validate(claimRequest, request, 'the claim');
  const { workflowId } = body;
  const token = body.token ?? context.options.ids.claimToken();
  const taken = await mutate<ClaimReply>(context, {
    operation: 'claim',
    workflowId,
    requestId: undefined,
    body,
    fresh: true,
    decide: (definition, snapshot) =>
      transition<'claim'>(definition, snapshot, {
        ...body,
        ...claimTerms(body),
        kind: 'claim',
        token,
        now: context.options.clock.now(),
      }),
  });
  const held = await claimed(context, taken);
  if (held !== undefined) return held;
  throw new BatonError('stale_claim', `workflow ${workflowId} has moved on: the claim is lost`);
}

export async function renewClaim(
  context: OrchestratorContext,
  request: RenewClaimRequest,
): Promise<boolean> {
  const { workflowId, token, leaseMs } = validate(renewClaimRequest, request, 'the renewal');
  return renew(context, { workflowId, token, expiresAt: context.options.clock.now() + leaseMs });
}

/** Which of the claims still hold, in their order. */
export async function renewClaims(
  context: OrchestratorContext,
  request: RenewClaimsRequest,
): Promise<readonly boolean[]> {
  const { claims, leaseMs } = validate(renewClaimsRequest, request, 'the renewals');
  const expiresAt = context.options.clock.now() + leaseMs;
  return Promise.all(claims.map((held) => renew(context, { ...held, expiresAt })));
}

async function renew(context: OrchestratorContext, renewal: Renewal): Promise<boolean> {
  const { workflowId, token, expiresAt } = renewal;
  const held = await extend(context, renewal);
  const cached = context.cache.get(workflowId);
  if (held && cached?.claim?.token === token) {
    context.cache.put({ ...cached, claim: { ...cached.claim, expiresAt } });
  }
  context.notifier.renewed(renewal, held);
  return held;
}

/** A claim lasts no longer than its permits. False when they, or the claim, are lost. */
async function extend(context: OrchestratorContext, renewal: Renewal): Promise<boolean> {
  const { concurrency, store } = context;
  const claim = await knownClaim(context, renewal);
  if (claim?.token !== renewal.token) return false;
  if (!(await concurrency.extend(claim, renewal.expiresAt))) return false;
  const held = await store.renewClaim(renewal);
  // What is known here may be old: the permits were taken anew for a claim that is gone.
  if (!held) concurrency.giveBack(claim);
  return held;
}

/** The workflow's claim, if there is one: that with the token, as soon as anything knows of it. */
export async function knownClaim(
  context: OrchestratorContext,
  { workflowId, token }: Pick<Renewal, 'workflowId' | 'token'>,
): Promise<Claim | undefined> {
  const cached = context.cache.get(workflowId)?.claim;
  if (cached?.token === token) return cached;
  return (await load(context, workflowId).catch(unlessUnknown))?.snapshot.claim;
}

function unlessUnknown(reason: unknown): undefined {
  if (BatonError.is(reason) && reason.code === 'not_found') return undefined;
  throw reason;
}

function isClaimable(
  { role, notBefore, claim }: WorkflowSnapshot,
  roles: readonly string[],
  now: number,
): boolean {
  const free = claim === undefined || claim.expiresAt <= now;
  return role !== undefined && roles.includes(role) && notBefore <= now && free;
}
