import type { Accepted, ClaimTerms } from '../machine/command.ts';
import { type Taken, takeNext } from '../machine/take-next.ts';
import type { WorkflowDefinition } from '../model/definition.ts';
import type { ClaimReply } from '../model/replies.ts';
import type { CheckedOffer } from '../model/requests.ts';
import type { ClaimedAssignment } from '../model/views.ts';
import { buildAssignment } from './build-assignment.ts';
import type { OrchestratorContext } from './context.ts';
import { load } from './load.ts';
import { mustYield } from './turns.ts';

/** Decides with a change what its caller takes next. */
export type TakeNext = <R extends object>(
  definition: WorkflowDefinition,
  accepted: Accepted<R>,
) => Accepted<Taken<R>>;

/** Under one token for a whole request, however often it is decided anew. */
export function takerOf(
  context: OrchestratorContext,
  offers: readonly CheckedOffer[] = [],
): TakeNext {
  if (offers.length === 0) return (_, accepted) => accepted;
  const { ids, clock } = context.options;
  const terms = offers.map(claimTerms);
  const token = ids.claimToken();
  return (definition, accepted) => {
    if (mustYield(context, terms, accepted.change.snapshot.projectId)) return accepted;
    return takeNext(definition, accepted, { offers: terms, token, now: clock.now() });
  };
}

/** The reply with the assignment that was taken, as long as its claim holds: a reply may be repeated later. */
export async function withNext<R extends object>(
  context: OrchestratorContext,
  { taken, ...reply }: Taken<R>,
): Promise<R & { readonly next?: ClaimedAssignment }> {
  if (taken === undefined) return reply as unknown as R;
  const next = await claimed(context, taken);
  return { ...(reply as unknown as R), ...(next !== undefined && { next }) };
}

/** What a claim is for; undefined once it holds no more. */
export async function claimed(
  context: OrchestratorContext,
  { workflowId, revision, claim: { token } }: ClaimReply,
): Promise<ClaimedAssignment | undefined> {
  const cached = context.cache.get(workflowId);
  const snapshot =
    cached?.revision === revision ? cached : (await load(context, workflowId)).snapshot;
  const { claim } = snapshot;
  if (claim?.token !== token) return undefined;
  return { claim, assignment: buildAssignment(context.definitions.of(snapshot), snapshot) };
}

/** Without the keys that have no value. */
export function claimTerms({
  worker,
  roles,
  leaseMs,
  principal,
  reserve,
  token,
  projectIds,
}: CheckedOffer): ClaimTerms {
  const { tokens, cost } = reserve ?? {};
  return {
    worker,
    roles,
    leaseMs,
    principal,
    token,
    projectIds,
    reserve: reserve && {
      ...(tokens !== undefined && { tokens }),
      ...(cost !== undefined && { cost }),
    },
  };
}
