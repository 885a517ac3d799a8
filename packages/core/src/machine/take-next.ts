import type { WorkflowDefinition } from '../model/definition.ts';
import type { ClaimReply } from '../model/replies.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';
import { advance } from './advance.ts';
import { claim } from './claim.ts';
import type { Accepted, Change, ClaimCommand, ClaimTerms } from './command.ts';
import { NO_REPORT } from './settle.ts';

/*
 * One commit for a caller who goes on: what it has done, the acceptance of the handoff and the claim behind
 * it. Each is decided as if it came by itself, with a revision and an event of its own, so that the audit
 * trail is the same. The first that would not simply be accepted ends it: it is left as it is, for a request
 * of its own.
 */

/** An offer to perform what comes next, checked. */
export interface Taking {
  readonly offers: readonly ClaimTerms[];
  /** The token that the claim gets, unless its offer has one. */
  readonly token: string;
  readonly now: number;
}

/** A reply with what was taken in the same commit. */
export type Taken<R> = R & { readonly taken?: ClaimReply };

/** A decision, and with it the acceptance and the claim of what comes next, as far as an offer has its role. */
export function takeNext<R extends object>(
  definition: WorkflowDefinition,
  { change, reply }: Accepted<R>,
  taking: Taking,
): Accepted<Taken<R>> {
  const accepted = acceptHandoffs(definition, change, taking);
  const taken = claimPhase(definition, accepted.snapshot, taking);
  if (taken === undefined) return decided(reply, accepted);
  return decided({ ...reply, taken: taken.reply }, followedBy(accepted, taken.change));
}

/** The decision with where the workflow is after all of it. */
function decided<R extends object>(reply: R, change: Change): Accepted<R> {
  const { state, role, revision, epoch } = change.snapshot;
  return { kind: 'accepted', change, reply: { ...reply, state, role, revision, epoch } };
}

function acceptHandoffs(definition: WorkflowDefinition, change: Change, taking: Taking): Change {
  const { offers, now } = taking;
  const { state, projectId } = change.snapshot;
  const border = definition.states[state];
  if (border?.kind !== 'handoff' || offerFor(offers, border.taker, projectId) === undefined)
    return change;
  const decision = advance(definition, change.snapshot, {
    ...NO_REPORT,
    kind: 'advance',
    role: border.taker,
    completedState: state,
    now,
  });
  if (decision.kind !== 'accepted') return change;
  // What waits for an approval is told to those who watch for it, by the change that makes it wait.
  if (decision.change.snapshot.awaiting !== undefined) return change;
  return acceptHandoffs(definition, followedBy(change, decision.change), taking);
}

function claimPhase(
  definition: WorkflowDefinition,
  snapshot: WorkflowSnapshot,
  { offers, token, now }: Taking,
): { readonly change: Change; readonly reply: ClaimReply } | undefined {
  if (definition.states[snapshot.state]?.kind !== 'phase') return undefined;
  const offer = offerFor(offers, snapshot.role, snapshot.projectId);
  if (offer === undefined) return undefined;
  const decision = claim(definition, snapshot, claimCommand(offer, { token, now }));
  return decision.kind === 'accepted' ? decision : undefined;
}

/** @param taking with the token of offers that have none. */
export function claimCommand(
  { projectIds: _, ...offer }: ClaimTerms,
  { token, now }: Pick<Taking, 'token' | 'now'>,
): ClaimCommand {
  return { ...offer, token: offer.token ?? token, kind: 'claim', now };
}

export function offerFor(
  offers: readonly ClaimTerms[],
  role: string | undefined,
  projectId: string,
): ClaimTerms | undefined {
  if (role === undefined) return undefined;
  return offers.find(
    ({ roles, projectIds }) =>
      roles.includes(role) && (projectIds === undefined || projectIds.includes(projectId)),
  );
}

/** Two changes as one, each with its own records. */
function followedBy(first: Change, next: Change): Change {
  return {
    snapshot: next.snapshot,
    handoffs: [...first.handoffs, ...next.handoffs],
    events: [...first.events, ...next.events],
    claimExpiredBy: first.claimExpiredBy,
  };
}
