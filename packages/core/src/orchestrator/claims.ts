import { transition } from '../machine/transition.ts';
import type { ClaimReply } from '../model/replies.ts';
import {
  type ClaimRequest,
  claimRequest,
  type ListClaimableRequest,
  listClaimableRequest,
  type RenewClaimRequest,
  renewClaimRequest,
} from '../model/requests.ts';
import type { Allowance } from '../model/usage.ts';
import type { AvailableWork, ClaimedAssignment } from '../model/views.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';
import { buildAssignment } from './build-assignment.ts';
import type { OrchestratorContext } from './context.ts';
import { load, mutate } from './mutate.ts';
import { validate } from './validate.ts';

/** The right to perform an assignment: found, taken, renewed. */

export async function listClaimable(
  context: OrchestratorContext,
  request: ListClaimableRequest,
): Promise<readonly AvailableWork[]> {
  const { roles, workflowId, limit } = validate(
    listClaimableRequest,
    request,
    'the request for work',
  );
  const now = context.options.clock.now();
  const found =
    workflowId === undefined
      ? await context.store.listClaimable({ roles, now, limit })
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
  const reserve = body.reserve && allowance(body.reserve);
  const token = body.token ?? context.options.ids.claimToken();
  const taken = await mutate<ClaimReply>(context, {
    operation: 'claim',
    workflowId,
    requestId: undefined,
    body,
    // How long the claim before was held is known to the store alone: renewals make no revision.
    fresh: true,
    decide: (definition, snapshot) =>
      transition<'claim'>(definition, snapshot, {
        ...body,
        kind: 'claim',
        token,
        reserve,
        now: context.options.clock.now(),
      }),
  });
  const { snapshot } = await current(context, workflowId, taken.revision);
  const assignment = buildAssignment(context.definitions.of(snapshot), snapshot);
  return { claim: taken.claim, assignment };
}

export async function renewClaim(
  context: OrchestratorContext,
  request: RenewClaimRequest,
): Promise<boolean> {
  const { workflowId, token, leaseMs } = validate(renewClaimRequest, request, 'the renewal');
  const expiresAt = context.options.clock.now() + leaseMs;
  const held = await context.store.renewClaim({ workflowId, token, expiresAt });
  const cached = context.cache.get(workflowId);
  if (held && cached?.claim?.token === token) {
    context.cache.put({ ...cached, claim: { ...cached.claim, expiresAt } });
  }
  return held;
}

/** Without the keys that have no value. */
function allowance({ tokens, cost }: NonNullable<ClaimRequest['reserve']>): Allowance {
  return { ...(tokens !== undefined && { tokens }), ...(cost !== undefined && { cost }) };
}

/** The snapshot that the claim made, or a newer one: then the claim is lost, as its holder will learn. */
async function current(context: OrchestratorContext, workflowId: string, revision: number) {
  const cached = context.cache.get(workflowId);
  if (cached !== undefined && cached.revision === revision) return { snapshot: cached };
  return load(context, workflowId);
}

function isClaimable(
  { role, notBefore, claim }: WorkflowSnapshot,
  roles: readonly string[],
  now: number,
): boolean {
  const free = claim === undefined || claim.expiresAt <= now;
  return role !== undefined && roles.includes(role) && notBefore <= now && free;
}
