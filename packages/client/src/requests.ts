import type { JsonObject } from './json.ts';
import type { Budgets, Usage } from './usage.ts';
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

export interface Repeatable {
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

/** Something about an attempt that the audit trail must keep. */
export interface Note {
  /** Stable, in snake_case, such as `claim_replaced`. */
  readonly code: string;
  readonly message: string;
}

/**
 * Which models perform an assignment, beside the worker: what separation of duties compares. Where a
 * separation is by model or family, whoever names neither them nor a kind gets no claim.
 */
export interface Principal {
  /** As `provider:model`. */
  readonly models: readonly string[];
  /** Such as `claude` or `gpt`. */
  readonly modelFamilies: readonly string[];
  /** Says that no model takes part: a person performs it, or a program that asks none. */
  readonly kind?: 'person' | 'program' | undefined;
}

/** What an attempt tells of itself with its outcome. */
export interface Account {
  /** Default: it used nothing. */
  readonly usage?: Usage | undefined;
  /** For the audit trail. */
  readonly notes?: Note[] | undefined;
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
  /** Caps on what the workflow may use. Default: the server's. */
  readonly budgets?: Budgets | undefined;
}

export interface AdvanceRequest extends Expectations, Account {
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

export interface RequestRetryRequest extends Expectations, Account {
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
  /** Caps that replace those of the same name; people only. */
  readonly budgets?: Budgets | undefined;
  /** Seconds until the workflow times out, from now, in place of its own; people only. */
  readonly timeoutSeconds?: number | undefined;
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

interface ByPerson extends Repeatable {
  readonly workflowId: string;
  /** Refuses the request on any other revision. */
  readonly expectedRevision?: number | undefined;
}

export interface AnswerQuestionRequest extends ByPerson {
  /** As `status` shows it. */
  readonly questionId: string;
  /** One of the question's choices, if it has any. */
  readonly answer: string;
  readonly answeredBy: string;
}

export interface DecideApprovalRequest extends ByPerson {
  readonly approved: boolean;
  readonly decidedBy: string;
  /** Why; when refused, the feedback for the role that does it again. */
  readonly reason?: string | undefined;
  /** When refused: an earlier phase than the one the definition would choose. */
  readonly targetState?: State | undefined;
}

export interface WatchRequest {
  readonly workflowId: string;
  /** The number of the last event already seen. Default 0: all. */
  readonly afterSequence?: number | undefined;
  /** False: end when everything written so far has been delivered. Default true. */
  readonly follow?: boolean | undefined;
}
