import type { BatonError } from '../model/errors.ts';
import type { JsonObject } from '../model/json.ts';
import type { StatsCounters, StatsDelta } from '../model/stats.ts';
import type { Handoff, WorkflowEvent } from '../model/trail.ts';
import type { UsageDelta, UsageKey, UsageSum } from '../model/usage-counters.ts';
import type { Awaiting, WorkflowSnapshot } from '../model/workflow.ts';

/** The reply to a mutating request, kept under its idempotency key for the workflow's life. */
export interface StoredReply {
  readonly requestId: string;
  /** Digest of operation and body: the same id with another digest is another request. */
  readonly digest: string;
  readonly body: JsonObject;
}

/** Everything that one change of one workflow writes, all or nothing. */
export interface Commit {
  /**
   * The workflow after the change. Its `revision` is at least one more than that of `follows`: one commit
   * may carry several steps, each with a revision of its own.
   */
  readonly snapshot: WorkflowSnapshot;
  /** The snapshot that it was decided on; absent in a create. */
  readonly follows: Pick<WorkflowSnapshot, 'revision' | 'commitId'> | undefined;
  readonly handoffs: readonly Handoff[];
  readonly events: readonly WorkflowEvent[];
  /**
   * The phases whose entry in `snapshot.outputs` this change adds, replaces or withdraws. The other
   * outputs are stored already: outputs are most of a workflow's bytes, and are written once.
   */
  readonly changedOutputs: readonly string[];
  readonly reply?: StoredReply | undefined;
  readonly stats?: StatsDelta | undefined;
  /** What it adds to the counters of its project by day; each day, role and model once. */
  readonly usage?: readonly UsageDelta[] | undefined;
  /**
   * Set when the change is not made by the holder of the current claim: the stored claim, if there
   * is one, must have expired by this time (`expiresAt <= claimExpiredBy`). Renewals don't change
   * the revision, so only the store can tell.
   */
  readonly claimExpiredBy?: number | undefined;
}

/**
 * How one commit ended:
 * - `committed`: durable as far as the store promises;
 * - `duplicate`: the workflow has a reply under this request id already; nothing was written;
 * - `conflict`: the revision, the commit that made it or the claim is not what was expected; nothing was
 *   written;
 * - `failed`: this commit could not be written; its neighbours are not affected.
 */
export type CommitResult =
  | { readonly kind: 'committed' }
  | { readonly kind: 'duplicate'; readonly reply: StoredReply }
  | { readonly kind: 'conflict'; readonly snapshot: WorkflowSnapshot | undefined }
  | { readonly kind: 'failed'; readonly error: BatonError };

/**
 * How a create ended. `exists`: the workflow id, or the build id within its project, is taken by
 * `snapshot`; `reply` is what is stored there under the request id of the create, if anything.
 */
export type CreateResult =
  | { readonly kind: 'created' }
  | {
      readonly kind: 'exists';
      readonly snapshot: WorkflowSnapshot;
      readonly reply: StoredReply | undefined;
    };

export interface LoadedWorkflow {
  readonly snapshot: WorkflowSnapshot;
  /** The reply stored under the request id that was asked for, if there is one. */
  readonly reply: StoredReply | undefined;
}

export interface Renewal {
  readonly workflowId: string;
  readonly token: string;
  readonly expiresAt: number;
}

export interface ClaimableQuery {
  readonly roles: readonly string[];
  readonly now: number;
  /** Only of these projects, 1 to 1000. Absent: of all. */
  readonly projectIds?: readonly string[] | undefined;
  /** Only of projects whose ids are greater than this one. Absent: of all. */
  readonly afterProject?: string | undefined;
  /** The most of one project, from 1: what else it has waits for its next turn. Absent: `limit`. */
  readonly perProject?: number | undefined;
  /** 1 to 1000. */
  readonly limit: number;
}

export interface QueueQuery {
  readonly roles: readonly string[];
  readonly now: number;
  /** How many workflows of a role are looked at, at most, 1 to 100,000: no queue makes the answer slow. */
  readonly limit: number;
}

/** What waits for a role. */
export interface Queue {
  readonly role: string;
  /** Workflows that a worker of the role may claim. */
  readonly length: number;
  /** Since when the oldest of them may be claimed; undefined: there is none. */
  readonly waitingSince: number | undefined;
  /** Whether not all were looked at: then the queue may be longer, and wait for longer. */
  readonly isCut: boolean;
}

export interface OverdueQuery {
  readonly now: number;
  /** 1 to 1000. */
  readonly limit: number;
}

/** Wants one of the permits of each name: what they are for is done `max` times at once. */
export interface PermitRequest {
  readonly permits: readonly Permit[];
  /** Who wants them: 1 to 256 characters. Who has one already keeps it, for longer, however many others do. */
  readonly holder: string;
  /** A holder that is done as soon as this one begins: its permits do not count. */
  readonly insteadOf?: string | undefined;
  readonly now: number;
  /** When they end by themselves, unless they are taken anew. */
  readonly expiresAt: number;
}

export interface Permit {
  /** 1 to 300 characters. */
  readonly name: string;
  /** From 1: how many there are. */
  readonly max: number;
}

/** The right to do something that one process at a time is to do, such as a sweep. */
export interface Lease {
  /** What it is for: 1 to 64 of a-z and `-`. */
  readonly name: string;
  /** Who wants it: 1 to 128 characters. */
  readonly holder: string;
  /** Milliseconds from now on, from 1, by the store's clock. */
  readonly forMs: number;
}

export interface WorkflowQuery {
  readonly projectId?: string | undefined;
  readonly state?: string | undefined;
  /** The role that is to act. */
  readonly role?: string | undefined;
  /** What it waits for from a person. */
  readonly awaiting?: Awaiting['kind'] | undefined;
  /** Whether the newest come first. Absent: the oldest. */
  readonly newestFirst?: boolean | undefined;
  /** Position after which to go on: the `createdAt` and `id` of the last one seen. */
  readonly after?: { readonly createdAt: number; readonly id: string } | undefined;
  /** 1 to 1000. */
  readonly limit: number;
}

/** What people know a workflow by, and where it stands in a list. */
export type WorkflowNames = Pick<WorkflowSnapshot, 'id' | 'createdAt' | 'buildId' | 'userId'>;

/** A page of a numbered list of one workflow. */
export interface NumberedQuery {
  readonly workflowId: string;
  /** Numbers greater than this one; 0 for all. */
  readonly after: number;
  /** 1 to 1000. */
  readonly limit: number;
}

/** A page of one workflow's replies. */
export interface ReplyQuery {
  readonly workflowId: string;
  /** Request ids greater than this one; '' for all. */
  readonly after: string;
  /** 1 to 1000. */
  readonly limit: number;
}

/** Everything that a store keeps of one workflow: what it takes to keep it elsewhere. */
export interface WorkflowRecord {
  readonly snapshot: WorkflowSnapshot;
  readonly handoffs: readonly Handoff[];
  readonly events: readonly WorkflowEvent[];
  readonly replies: readonly StoredReply[];
  /** What the workflow adds to its project's counters. */
  readonly stats: StatsCounters;
  /** What it adds to the counters of its project by day; each day, role and model once. */
  readonly usage: readonly UsageDelta[];
}

/** A page of the projects. */
export interface ProjectsQuery {
  /** Ids greater than this one; '' for all. */
  readonly after: string;
  /** Only these projects, 1 to 1000. Absent: all. */
  readonly projectIds?: readonly string[] | undefined;
  /** 1 to 1001. */
  readonly limit: number;
}

/** A page of what the attempts of a project have used. */
export interface UsageQuery {
  readonly projectId: string;
  /** The first day, in UTC, such as `2026-01-31`. */
  readonly from: string;
  /** The day behind the last one. */
  readonly to: string;
  /** Whether each day is a row of its own, which names it. Absent: the days are added up. */
  readonly byDay?: boolean | undefined;
  /** Rows behind this one; with `byDay`, it has a day. Default: all. */
  readonly after?: UsageKey | undefined;
  /** 1 to 1001. */
  readonly limit: number;
}

export interface StoreCapabilities {
  /** Whether an acknowledged commit survives the end of the process. */
  readonly durable: boolean;
  /** Whether commits that wait together are cheaper when they travel together. */
  readonly groupCommit: boolean;
  /**
   * Batches that may be on their way at once, with no workflow in two of them; from 1, the default.
   * More help where the store is idle while an answer travels.
   */
  readonly parallelBatches?: number;
}

/**
 * Keeps workflows, handoffs, events and replies. The contract suite in `@baton/core/testing` checks
 * every sentence of this interface.
 *
 * Every method may reject with a BatonError: `unavailable` (retryable; a commit's outcome is then
 * unknown) or `data_loss` (a record that cannot be read, named in the message, left as it is).
 */
export interface WorkflowStore {
  readonly capabilities: StoreCapabilities;

  /** Writes a new workflow with all that comes with it, atomically. */
  create(commit: Commit): Promise<CreateResult>;

  /**
   * Writes a whole workflow that another store had, at whatever revision, atomically. It then goes on
   * as if it had always been here. The reply of `exists` is always absent.
   */
  restore(record: WorkflowRecord): Promise<CreateResult>;

  load(workflowId: string, requestId?: string): Promise<LoadedWorkflow | undefined>;

  /**
   * Writes a batch with at most one commit a workflow; the results are in its order. Each commit is
   * atomic and is written only if no reply is stored under its request id (checked first), the
   * stored revision is that of `follows` and was made by the same commit, and the stored claim
   * allows it. The number alone does not do: after a failover that lost the last commits, the store has the
   * same number again for another commit, while a process may still hold the lost one.
   */
  commit(batch: readonly Commit[]): Promise<readonly CommitResult[]>;

  /**
   * Extends the current claim if `token` is its token. Changes neither the revision nor anything
   * else. False when the claim is no longer held under this token, also when this very renewal extended
   * it, was sent again because its answer was lost, and found it lost the second time.
   */
  renewClaim(renewal: Renewal): Promise<boolean>;

  /**
   * Workflows whose role is among `roles`, whose `notBefore` has come (`notBefore <= now`) and whose
   * claim, if there is one, has expired (`expiresAt <= now`). Ordered by project, in the order of code points;
   * in a project by priority, the highest first, then `notBefore`, then `id`. One project's backlog, however
   * long, keeps no other out of the list, nor makes it slow.
   */
  listClaimable(query: ClaimableQuery): Promise<readonly WorkflowSnapshot[]>;

  /**
   * How much waits for each of these roles, and for how long, for metrics: `limit` bounds what it costs. A workflow
   * waits since its `notBefore`, or since its claim expired. Absent: it cannot be told.
   */
  readQueues?(query: QueueQuery): Promise<readonly Queue[]>;

  /**
   * Workflows whose time is over and that no worker holds: `timesOutAt` has come (`<= now`), and the
   * claim, if there is one, has expired (`expiresAt <= now`); ordered by when it came, then `id`.
   */
  listOverdue(query: OverdueQuery): Promise<readonly WorkflowSnapshot[]>;

  /** Workflows by `createdAt`, then `id`: both ascending, or both descending with `newestFirst`. */
  listWorkflows(query: WorkflowQuery): Promise<readonly WorkflowSnapshot[]>;

  /**
   * The same list, of each workflow its names alone, at a small part of the cost: to look through thousands. It may
   * have workflows more that have just left the state, role or waiting that was asked for: loading them tells.
   */
  listNames(query: WorkflowQuery): Promise<readonly WorkflowNames[]>;

  /** Handoffs in order. Empty for an unknown workflow. */
  readHandoffs(query: NumberedQuery): Promise<readonly Handoff[]>;

  /** Events in order. Empty for an unknown workflow. */
  readEvents(query: NumberedQuery): Promise<readonly WorkflowEvent[]>;

  /**
   * The number of the last event of each of these workflows, by id; unknown ones are left out. 1 to 1000 ids.
   * What cannot be read there may be told or left out: reading the events says so.
   */
  readSequences(workflowIds: readonly string[]): Promise<ReadonlyMap<string, number>>;

  /** Replies by request id, in the order of code points. Empty for an unknown workflow. */
  readReplies(query: ReplyQuery): Promise<readonly StoredReply[]>;

  /** The project's counters; all zero for an unknown project. Its cost doesn't grow with the project. */
  readStats(projectId: string): Promise<StatsCounters>;

  /**
   * Ids of the projects in which workflows were started or restored, each once, in the order of code points. Its cost
   * grows with the projects on the page, not with their workflows. A project stays when its workflows are removed.
   */
  listProjects(query: ProjectsQuery): Promise<readonly string[]>;

  /**
   * What the days add up to by role and model, in the order of code points, with `byDay` also by day; counters end at
   * 2^53 - 1. Its cost grows with the days, roles and models, not with the project.
   */
  readUsage(query: UsageQuery): Promise<readonly UsageSum[]>;

  /**
   * The store's own time, where its clock may differ from this process's. Absent: it is the process's.
   * All times that are decided by are then taken from it, so that servers whose clocks differ agree.
   */
  now?(): Promise<number>;

  /**
   * Takes a lease, or extends one that `holder` has. False when another holder has it. Leases order work
   * and save it; nothing relies on them to be right.
   */
  takeLease(lease: Lease): Promise<boolean>;

  /**
   * Takes a permit of each name, or none. Of each name there are never more than `max` at once, however many
   * processes ask. Returns the names that have none left; none: all were taken.
   */
  takePermits(request: PermitRequest): Promise<readonly string[]>;

  /** Gives back what `holder` has of these names. */
  returnPermits(holder: string, names: readonly string[]): Promise<void>;

  close(): Promise<void>;
}
