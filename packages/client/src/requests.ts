import type { JsonObject } from './json.ts';
import type { Role, State } from './vocabulary.ts';

/**
 * What the operations take. The same names, units and defaults as the embedded orchestrator's. The
 * server checks ranges; a request that cannot be put on the wire is refused before it is sent.
 */

/** A recorded state of the workspace. */
export interface Checkpoint {
  /** Git commit that holds the tree. */
  readonly commit: string;
  /** Digest of the whole tree; equal digests mean equal files. */
  readonly digest: string;
}

interface Repeatable {
  /** Idempotency key: the same id and body get the same reply. Default: made up, kept for retries. */
  readonly requestId?: string | undefined;
}

interface Expectations extends Repeatable {
  /** Refuses the request on any other revision. */
  readonly expectedRevision?: number | undefined;
  /** The epoch in which the work began; refuses the request in any other. */
  readonly expectedEpoch?: number | undefined;
  /** Fencing token of the claim under which the work was done. */
  readonly claimToken?: string | undefined;
}

export interface StartRequest extends Repeatable {
  readonly projectId: string;
  /** Unique within the project. */
  readonly buildId: string;
  readonly userId: string;
  readonly requirements: JsonObject;
  readonly metadata?: JsonObject | undefined;
  /** Default: the server's first definition, newest version. */
  readonly definition?:
    | { readonly name: string; readonly version?: number | undefined }
    | undefined;
  /** Seconds until the workflow times out, in whole milliseconds. Default: the server's. */
  readonly timeoutSeconds?: number | undefined;
  /** Retry requests before the workflow goes to `error`. Default: the server's. */
  readonly maxRetries?: number | undefined;
}

export interface AdvanceRequest extends Expectations {
  readonly workflowId: string;
  readonly role: Role;
  /** The state that the role has finished: the current one. */
  readonly completedState: State;
  /** The output of a phase; a handoff state has none. */
  readonly result?: JsonObject | undefined;
  /** Needed where a state has several ways on; `error` gives up, with `result.reason` as the reason. */
  readonly nextState?: State | undefined;
  /** The workspace at this border. */
  readonly checkpoint?: Checkpoint | undefined;
}

export interface RequestRetryRequest extends Expectations {
  readonly workflowId: string;
  /** What must be done differently: the feedback for the role that does it again. */
  readonly reason: string;
  /** Raw material for it, such as the failing output. */
  readonly details?: string | undefined;
  /** Role or person. Default: the workflow's user. A role may only speak in a state it owns. */
  readonly requestedBy?: string | undefined;
  /** An earlier phase than the one the definition would choose. */
  readonly targetState?: State | undefined;
  readonly checkpoint?: Checkpoint | undefined;
}

export interface RollbackRequest extends Expectations {
  readonly workflowId: string;
  /** A phase on the way that led here. */
  readonly targetState: State;
  readonly reason: string;
  /** Role or person. Default: the workflow's user. */
  readonly rolledBackBy?: string | undefined;
}

export interface WorkflowRequest {
  readonly workflowId: string;
}

interface Paged {
  /** 1 to 1000. Default 100. */
  readonly pageSize?: number | undefined;
  /** `nextPageToken` of the page before. Default: the first page. */
  readonly pageToken?: string | undefined;
}

export interface PageRequest extends Paged {
  readonly workflowId: string;
}

export interface ListRequest extends Paged {
  readonly projectId?: string | undefined;
  readonly state?: State | undefined;
  /** The role that is to act. */
  readonly role?: Role | undefined;
}

export interface ProjectRequest {
  readonly projectId: string;
}

export interface DefinitionRequest {
  /** Default: the server's first. */
  readonly name?: string | undefined;
  /** Default: the newest. */
  readonly version?: number | undefined;
}

export interface ListClaimableRequest {
  readonly roles: readonly Role[];
  /** Only this workflow. */
  readonly workflowId?: string | undefined;
  /** 1 to 1000. Default 100. */
  readonly limit?: number | undefined;
}

export interface ClaimRequest {
  readonly workflowId: string;
  readonly worker: string;
  /** The roles that the worker can perform. */
  readonly roles: readonly Role[];
  /** How long the claim lasts without a renewal, in milliseconds, 1000 to 24 hours. */
  readonly leaseMs: number;
  /** The new claim's token; claiming twice with one token is one claim. Default: made up. */
  readonly token?: string | undefined;
  readonly expectedRevision?: number | undefined;
  readonly expectedEpoch?: number | undefined;
}

export interface RenewClaimRequest {
  readonly workflowId: string;
  readonly token: string;
  /** How long the claim lasts from now on, in milliseconds, 1000 to 24 hours. */
  readonly leaseMs: number;
}

export interface FailAttemptRequest extends Repeatable {
  readonly workflowId: string;
  readonly claimToken: string;
  /** Why, as a code and in words; `cancelled` gives the assignment back and is not counted. */
  readonly code: string;
  readonly message: string;
  /** Whether another attempt can help; if not, the workflow goes to `error`. */
  readonly retryable: boolean;
  /** Wait before the next attempt, in milliseconds. Default 0. */
  readonly retryAfterMs?: number | undefined;
}

export interface WatchRequest {
  readonly workflowId: string;
  /** The number of the last event already seen. Default 0: all. */
  readonly afterSequence?: number | undefined;
  /** False: end when everything written so far has been delivered. Default true. */
  readonly follow?: boolean | undefined;
}
