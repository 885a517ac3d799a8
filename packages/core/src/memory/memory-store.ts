import { deepFreeze } from '../model/json.ts';
import { addStats, NO_STATS, type StatsCounters, sumStats } from '../model/stats.ts';
import type { Handoff, WorkflowEvent } from '../model/trail.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';
import type { StoreWithDocuments } from '../ports/document-store.ts';
import type {
  Commit,
  CommitResult,
  CreateResult,
  Lease,
  StoredReply,
  WorkflowQuery,
} from '../ports/workflow-store.ts';
import { createDueWork } from './due-work.ts';
import { createListing } from './listing.ts';
import { createMemoryDocuments } from './memory-documents.ts';
import { createMemoryUsage } from './memory-usage.ts';
import { byCodePoint, namesAfter } from './order.ts';
import { createPermits } from './permits.ts';
import { createSortedTexts } from './sorted-texts.ts';

/** Everything that is kept of one workflow. */
interface StoredWorkflow {
  snapshot: WorkflowSnapshot;
  readonly handoffs: Handoff[];
  readonly events: WorkflowEvent[];
  readonly replies: Map<string, StoredReply>;
}

/**
 * A store for tests and for builds that need not outlive the process. Nothing is durable.
 *
 * @example
 * import { createMemoryStore, createOrchestrator } from '@baton/core';
 * const baton = createOrchestrator({ store: await createMemoryStore() });
 */
export async function createMemoryStore(): Promise<StoreWithDocuments> {
  const workflows = new Map<string, StoredWorkflow>();
  const builds = new Map<string, string>();
  const stats = new Map<string, StatsCounters>();
  const projects = createSortedTexts();
  const dueWork = createDueWork((id) => (workflows.get(id) as StoredWorkflow).snapshot);
  /** All, in the order in which they are listed. */
  const listed = createListing();
  const usage = createMemoryUsage();
  const takeLease = createLeases();
  const permits = createPermits();

  function write(stored: StoredWorkflow, commit: Commit): void {
    const { snapshot, reply, stats: delta, usage: used } = commit;
    // The store hands out these objects without a copy, so callers must not be able to change them.
    for (const handoff of commit.handoffs) freezeRecord(handoff);
    for (const event of commit.events) freezeRecord(event);
    if (reply !== undefined) freezeReply(reply);
    stored.snapshot = snapshot;
    stored.handoffs.push(...commit.handoffs);
    stored.events.push(...commit.events);
    if (reply !== undefined) stored.replies.set(reply.requestId, reply);
    if (used !== undefined) usage.add(snapshot.projectId, used);
    if (delta !== undefined) {
      stats.set(snapshot.projectId, addStats(stats.get(snapshot.projectId) ?? NO_STATS, delta));
    }
  }

  function add(stored: StoredWorkflow): void {
    const { snapshot } = stored;
    workflows.set(snapshot.id, stored);
    builds.set(buildKey(snapshot), snapshot.id);
    projects.add(snapshot.projectId);
    listed.add(snapshot);
    dueWork.put(snapshot);
  }

  function takenBy(snapshot: WorkflowSnapshot): StoredWorkflow | undefined {
    return workflows.get(snapshot.id) ?? workflows.get(builds.get(buildKey(snapshot)) ?? '');
  }

  function list(query: WorkflowQuery): readonly WorkflowSnapshot[] {
    const { projectId, state, role, awaiting, after, newestFirst = false, limit } = query;
    const found: WorkflowSnapshot[] = [];
    for (const { id } of listed.after(projectId, after, newestFirst)) {
      const { snapshot } = workflows.get(id) as StoredWorkflow;
      if (state !== undefined && snapshot.state !== state) continue;
      if (role !== undefined && snapshot.role !== role) continue;
      if (awaiting !== undefined && snapshot.awaiting?.kind !== awaiting) continue;
      if (found.push(snapshot) === limit) break;
    }
    return found;
  }

  function commitOne(commit: Commit): CommitResult {
    const { snapshot, follows, reply, claimExpiredBy } = commit;
    const stored = workflows.get(snapshot.id);
    if (stored === undefined) return { kind: 'conflict', snapshot: undefined };
    const replied = reply === undefined ? undefined : stored.replies.get(reply.requestId);
    if (replied !== undefined) return { kind: 'duplicate', reply: replied };
    const current = stored.snapshot;
    const claimed =
      claimExpiredBy !== undefined && (current.claim?.expiresAt ?? 0) > claimExpiredBy;
    const isNext = current.revision === follows?.revision && current.commitId === follows.commitId;
    if (!isNext || claimed) {
      return { kind: 'conflict', snapshot: current };
    }
    write(stored, commit);
    dueWork.put(snapshot);
    return { kind: 'committed' };
  }

  return {
    capabilities: { durable: false, groupCommit: false },
    documents: createMemoryDocuments(),

    async create(commit): Promise<CreateResult> {
      const { snapshot, reply } = commit;
      const taken = takenBy(snapshot);
      if (taken !== undefined) {
        const replied = reply === undefined ? undefined : taken.replies.get(reply.requestId);
        return { kind: 'exists', snapshot: taken.snapshot, reply: replied };
      }
      const stored: StoredWorkflow = { snapshot, handoffs: [], events: [], replies: new Map() };
      add(stored);
      write(stored, commit);
      return { kind: 'created' };
    },

    async restore({ snapshot, handoffs, events, replies, stats: share, usage: used }) {
      const taken = takenBy(snapshot);
      if (taken !== undefined) {
        return { kind: 'exists', snapshot: taken.snapshot, reply: undefined };
      }
      add({
        snapshot,
        handoffs: [...handoffs],
        events: [...events],
        replies: new Map(replies.map((reply) => [reply.requestId, reply])),
      });
      const { projectId } = snapshot;
      usage.add(projectId, used);
      stats.set(projectId, sumStats(stats.get(projectId) ?? NO_STATS, share));
      return { kind: 'created' };
    },

    async load(workflowId, requestId) {
      const stored = workflows.get(workflowId);
      if (stored === undefined) return undefined;
      const reply = requestId === undefined ? undefined : stored.replies.get(requestId);
      return { snapshot: stored.snapshot, reply };
    },

    async commit(batch) {
      return batch.map(commitOne);
    },

    async renewClaim({ workflowId, token, expiresAt }) {
      const stored = workflows.get(workflowId);
      const claim = stored?.snapshot.claim;
      if (stored === undefined || claim?.token !== token) return false;
      stored.snapshot = { ...stored.snapshot, claim: { ...claim, expiresAt } };
      dueWork.put(stored.snapshot);
      return true;
    },

    async listClaimable(query) {
      return dueWork.claimable(query);
    },

    async readQueues(query) {
      return dueWork.queues(query);
    },

    async listOverdue({ now, limit }) {
      return dueWork.overdue(now, limit);
    },

    async listWorkflows(query) {
      return list(query);
    },

    async listNames(query) {
      return list(query).map(({ id, createdAt, buildId, userId }) => {
        return { id, createdAt, buildId, userId };
      });
    },

    async readHandoffs({ workflowId, after, limit }) {
      return workflows.get(workflowId)?.handoffs.slice(after, after + limit) ?? [];
    },

    async readEvents({ workflowId, after, limit }) {
      return workflows.get(workflowId)?.events.slice(after, after + limit) ?? [];
    },

    async readSequences(workflowIds) {
      const found = workflowIds.flatMap((id): [string, number][] => {
        const sequence = workflows.get(id)?.snapshot.sequence;
        return sequence === undefined ? [] : [[id, sequence]];
      });
      return new Map(found);
    },

    async readReplies({ workflowId, after, limit }) {
      return [...(workflows.get(workflowId)?.replies.values() ?? [])]
        .filter(({ requestId }) => byCodePoint(requestId, after) > 0)
        .sort((a, b) => byCodePoint(a.requestId, b.requestId))
        .slice(0, limit);
    },

    async readStats(projectId) {
      return stats.get(projectId) ?? NO_STATS;
    },

    async listProjects({ after, projectIds, limit }) {
      if (projectIds === undefined) return projects.behind(after, limit);
      return namesAfter(projectIds, after).filter(projects.has).slice(0, limit);
    },

    async readUsage(query) {
      return usage.read(query);
    },

    async takeLease(lease) {
      return takeLease(lease);
    },

    async takePermits(request) {
      return permits.take(request);
    },

    async returnPermits(holder, names) {
      permits.giveBack(holder, names);
    },

    async close() {},
  };
}

function buildKey({ projectId, buildId }: WorkflowSnapshot): string {
  return JSON.stringify([projectId, buildId]);
}

/** All of a handoff or an event but its data is plain values. */
function freezeRecord(record: Handoff | WorkflowEvent): void {
  deepFreeze(record.data);
  Object.freeze(record);
}

/** Without a look at its digest, which is made when it is asked for. */
function freezeReply(reply: StoredReply): void {
  deepFreeze(reply.body);
  Object.freeze(reply);
}

/** Leases of a store whose clock is the process's. */
function createLeases(): (lease: Lease) => boolean {
  const leases = new Map<string, { readonly holder: string; readonly until: number }>();
  return ({ name, holder, forMs }) => {
    const now = Date.now();
    const held = leases.get(name);
    if (held !== undefined && held.holder !== holder && held.until > now) return false;
    leases.set(name, { holder, until: now + forMs });
    return true;
  };
}
