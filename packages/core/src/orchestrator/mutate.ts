import { randomBytes } from 'node:crypto';
import type { Change, Decision } from '../machine/command.ts';
import type { WorkflowDefinition } from '../model/definition.ts';
import { BatonError } from '../model/errors.ts';
import { deepFreeze } from '../model/json.ts';
import { statsDelta } from '../model/stats.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';
import type { Commit, LoadedWorkflow, StoredReply } from '../ports/workflow-store.ts';
import type { OrchestratorContext } from './context.ts';
import { changedRules, withCurrentRules, withRulesEvent } from './rules.ts';
import { refusalOf, replayed, requestDigest, toStoredReply } from './stored-reply.ts';

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
  /** Whether it is decided on what the store holds even when a snapshot is at hand. */
  readonly fresh?: boolean;
  /** Whether it only says that time is over: then it goes by no rule of the definition. */
  readonly isTimeout?: boolean;
  /** What the request id stands for. */
  readonly body: object;
  decide(definition: WorkflowDefinition, snapshot: WorkflowSnapshot): Decision<R>;
}

export async function mutate<R extends object>(
  context: OrchestratorContext,
  mutation: Mutation<R>,
): Promise<R> {
  const { workflowId, requestId, operation, body } = mutation;
  const digest = requestId === undefined ? '' : requestDigest(operation, body);
  const replay = (reply: StoredReply): R => replayed(reply, digest);
  let snapshot = mutation.fresh ? undefined : context.cache.get(workflowId);
  let fresh = false;
  for (let conflicts = 0; conflicts < MAX_CONFLICTS; ) {
    if (snapshot === undefined) {
      const loaded = await load(context, workflowId, requestId);
      if (loaded.reply !== undefined) return replay(loaded.reply);
      snapshot = loaded.snapshot;
      fresh = true;
    }
    const definition = context.definitions.of(snapshot);
    const newRules = !mutation.isTimeout && changedRules(definition, snapshot).length > 0;
    const decision = mutation.decide(
      definition,
      newRules ? withCurrentRules(definition, snapshot) : snapshot,
    );
    // What is refused may still change the workflow: how long a claim holds the store alone knows.
    if (decision.kind !== 'accepted' && !fresh) {
      snapshot = undefined;
      continue;
    }
    if (decision.kind === 'unchanged') return decision.reply;
    if (decision.kind === 'rejected') throw decision.error;
    const answer = decision.kind === 'diverted' ? refusalOf(decision.error) : decision.reply;
    const reply = toStoredReply(requestId, digest, answer);
    const change = newRules
      ? withRulesEvent(definition, snapshot, decision.change)
      : decision.change;
    const result = await commit(context, snapshot, change, reply);
    switch (result.kind) {
      case 'committed':
        if (decision.kind === 'diverted') throw decision.error;
        return decision.reply;
      case 'duplicate':
        return replay(result.reply);
      case 'failed':
        throw result.error;
      case 'conflict':
        if (result.snapshot === undefined) throw unknownWorkflow(workflowId);
        snapshot = deepFreeze(result.snapshot);
        fresh = true;
        conflicts++;
    }
  }
  throw new BatonError(
    'stale_revision',
    `workflow ${workflowId} changed ${MAX_CONFLICTS} times while this request was decided`,
    { retryable: true },
  );
}

/** @throws BatonError `not_found`. */
export async function load(
  context: OrchestratorContext,
  workflowId: string,
  requestId?: string,
): Promise<LoadedWorkflow> {
  const loaded = await context.store.load(workflowId, requestId);
  if (loaded === undefined) throw unknownWorkflow(workflowId);
  // The cache, assignments and replies share the snapshot, so it must not change.
  context.cache.put(deepFreeze(loaded.snapshot));
  return loaded;
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
      context.notifier.committed(commit.snapshot, commit.events);
    } else {
      context.cache.forget(before.id);
    }
    return result;
  } catch (reason) {
    context.cache.forget(before.id);
    throw BatonError.from(reason);
  }
}

function unknownWorkflow(workflowId: string): BatonError {
  return new BatonError('not_found', `there is no workflow '${workflowId}'`, {
    metadata: { workflowId },
  });
}

/** Random for each process, then counted: no two commits have the same name. */
const origin = randomBytes(12).toString('base64url');
let commits = 0;

/** A change as a store writes it. `before` is absent for a workflow that begins with it. */
export function toCommit(
  before: WorkflowSnapshot | undefined,
  { snapshot, handoffs, events, claimExpiredBy }: Change,
  reply: StoredReply | undefined,
): Commit {
  const stats = statsDelta(before, snapshot);
  return {
    snapshot: { ...snapshot, commitId: `${origin}${(commits++).toString(36)}` },
    follows: before?.commitId,
    handoffs,
    events,
    changedOutputs: changedOutputs(before?.outputs ?? {}, snapshot.outputs),
    reply,
    stats,
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
