import { randomBytes } from 'node:crypto';
import type { Change, Decision } from '../machine/command.ts';
import type { Taken } from '../machine/take-next.ts';
import type { WorkflowDefinition } from '../model/definition.ts';
import { BatonError } from '../model/errors.ts';
import { deepFreeze } from '../model/json.ts';
import type { CheckedOffer } from '../model/requests.ts';
import { statsDelta } from '../model/stats.ts';
import { countersOf } from '../model/tallies.ts';
import type { Claim, WorkflowSnapshot } from '../model/workflow.ts';
import type { Commit, StoredReply } from '../ports/workflow-store.ts';
import type { OrchestratorContext } from './context.ts';
import { chained } from './event-chain.ts';
import { load, unknownWorkflow } from './load.ts';
import { changedRules, withCurrentRules, withRulesEvent } from './rules.ts';
import { refusalOf, replayed, requestDigest, toStoredReply } from './stored-reply.ts';
import { takerOf, withNext } from './take-next.ts';

/*
 * The one place that changes a workflow: load, decide, commit, tell.
 * 1. Nothing is acknowledged before its commit.
 * 2. A refusal is decided on what the store holds, never on a cached snapshot alone.
 * 3. A conflict is decided anew on the snapshot that won; a caller who must know asks for a revision.
 * 4. After a commit with unknown outcome the cache knows nothing of the workflow.
 */

/** Conflicts that one request may lose in a row before it gives up. */
const MAX_CONFLICTS = 100;

export interface Mutation<R> {
  readonly operation: string;
  readonly workflowId: string;
  readonly requestId: string | undefined;
  /**
   * Whether it depends on how long a claim holds, which the store alone knows: renewals make no revision. Then a
   * snapshot at hand that has a claim will not do.
   */
  readonly fresh?: boolean;
  /** Whether it only says that time is over: then it goes by no rule of the definition. */
  readonly isTimeout?: boolean;
  /** What the request id stands for. */
  readonly body: object;
  /** What its caller offers to go on with, in the same commit. */
  readonly takeNext?: readonly CheckedOffer[] | undefined;
  decide(definition: WorkflowDefinition, snapshot: WorkflowSnapshot): Decision<R>;
}

export async function mutate<R extends object>(
  context: OrchestratorContext,
  mutation: Mutation<R>,
): Promise<R> {
  const reply = await decideAndCommit(context, mutation);
  return mutation.takeNext === undefined ? reply : withNext(context, reply);
}

async function decideAndCommit<R extends object>(
  context: OrchestratorContext,
  mutation: Mutation<R>,
): Promise<Taken<R>> {
  const { workflowId, requestId, operation, body } = mutation;
  const { concurrency } = context;
  const digest = requestDigest(operation, body);
  const replay = (reply: StoredReply): Taken<R> => replayed(reply, digest);
  const take = takerOf(context, mutation.takeNext);
  const cached = context.cache.get(workflowId);
  let snapshot = mutation.fresh && cached?.claim !== undefined ? undefined : cached;
  let fresh = false;
  /** Claims that were admitted, under one token: what is taken stays taken until it is known which one stands. */
  const admittedClaims: Claim[] = [];
  const settle = (standing: Claim | undefined): void =>
    settlePermits(context, admittedClaims, standing);
  const admit: typeof concurrency.admit = async (before, alone, whole) => {
    try {
      return await concurrency.admit(before, alone, whole);
    } catch (reason) {
      settle(before?.claim);
      throw reason;
    }
  };
  for (let conflicts = 0; conflicts < MAX_CONFLICTS; ) {
    if (snapshot === undefined) {
      const loaded = await load(context, workflowId, requestId);
      if (loaded.reply !== undefined) return replay(loaded.reply);
      snapshot = loaded.snapshot;
      fresh = true;
    }
    const definition = context.definitions.of(snapshot);
    const newRules = !mutation.isTimeout && changedRules(definition, snapshot).length > 0;
    const current = newRules ? withCurrentRules(definition, snapshot) : snapshot;
    const decided = mutation.decide(definition, current);
    const whole = decided.kind === 'accepted' ? take(definition, decided) : decided;
    // Without limits nothing is awaited.
    const decision =
      concurrency.isLimited && decided.kind === 'accepted' && whole.kind === 'accepted'
        ? await admit(snapshot, decided, whole)
        : whole;
    // What is refused may still change the workflow: how long a claim holds the store alone knows.
    if (decision.kind !== 'accepted' && !fresh) {
      snapshot = undefined;
      continue;
    }
    if (decision.kind === 'unchanged' || decision.kind === 'rejected') {
      settle(snapshot.claim);
      if (decision.kind === 'rejected') throw decision.error;
      return decision.reply;
    }
    const { claim } = decision.change.snapshot;
    if (claim !== undefined && claim.token !== snapshot.claim?.token) admittedClaims.push(claim);
    const answer = decision.kind === 'diverted' ? refusalOf(decision.error) : decision.reply;
    const reply = toStoredReply(requestId, digest, answer);
    const change = newRules
      ? withRulesEvent(definition, snapshot, decision.change)
      : decision.change;
    const result = await commit(context, snapshot, change, reply);
    switch (result.kind) {
      case 'committed':
        settlePermits(context, [...admittedClaims, snapshot.claim], claim);
        if (decision.kind === 'diverted') throw decision.error;
        return decision.reply;
      case 'duplicate':
        // The claim that came with the reply has the token of this one, where the caller chose it.
        if (admittedClaims.length > 0) settle((await load(context, workflowId)).snapshot.claim);
        return replay(result.reply);
      case 'failed':
        settle(snapshot.claim);
        throw result.error;
      case 'conflict':
        if (result.snapshot === undefined) {
          settle(undefined);
          throw unknownWorkflow(workflowId);
        }
        snapshot = deepFreeze(result.snapshot);
        fresh = true;
        conflicts++;
    }
  }
  settle(snapshot?.claim);
  throw new BatonError(
    'stale_revision',
    `workflow ${workflowId} changed ${MAX_CONFLICTS} times while this request was decided`,
    { retryable: true },
  );
}

async function commit(
  context: OrchestratorContext,
  before: WorkflowSnapshot,
  change: Change,
  reply: StoredReply | undefined,
) {
  try {
    const commit = toCommit(before, change, reply);
    const result = await context.submit(commit);
    if (result.kind === 'committed') {
      context.cache.put(commit.snapshot);
      context.notifier.committed(commit.snapshot, commit.events, before);
    } else {
      context.cache.forget(before.id);
    }
    return result;
  } catch (reason) {
    context.cache.forget(before.id);
    throw BatonError.from(reason);
  }
}

/** Gives back what claims have, but for the one that stands. */
export function settlePermits(
  { concurrency }: OrchestratorContext,
  claims: readonly (Claim | undefined)[],
  standing: Claim | undefined,
): void {
  for (const claim of claims)
    if (claim?.permits !== undefined) concurrency.giveBack(claim, standing);
}

/** Random for each process, then counted: no two commits have the same name. */
const origin = randomBytes(12).toString('base64url');
let commits = 0;

/** A change as a store writes it. `before` is absent for a workflow that begins with it. */
export function toCommit(
  before: WorkflowSnapshot | undefined,
  { snapshot, handoffs, events: made, claimExpiredBy }: Change,
  reply: StoredReply | undefined,
): Commit {
  const { events, chain } = chained(before, made);
  const stats = statsDelta(before, snapshot);
  const usage = countersOf(events);
  return {
    snapshot: { ...snapshot, chain, commitId: `${origin}${(commits++).toString(36)}` },
    follows: before && { revision: before.revision, commitId: before.commitId },
    handoffs,
    events,
    changedOutputs: changedOutputs(before?.outputs ?? {}, snapshot.outputs),
    reply,
    stats,
    usage: usage.length === 0 ? undefined : usage,
    claimExpiredBy,
  };
}

/** Outputs are immutable: an output that is the same object has not changed. */
function changedOutputs(
  before: WorkflowSnapshot['outputs'],
  after: WorkflowSnapshot['outputs'],
): readonly string[] {
  if (before === after) return [];
  const phases = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...phases].filter((phase) => before[phase] !== after[phase]);
}
