import type { JsonObject } from './json.ts';
import type { Checkpoint } from './requests.ts';
import type { EventType, Role, State } from './vocabulary.ts';

/** What the operations answer. Times are milliseconds since the Unix epoch. */

/** What every change of a workflow answers. */
export interface Reply {
  readonly workflowId: string;
  readonly state: State;
  /** The role that is to act now; absent in `error` and in final states. */
  readonly role: Role | undefined;
  readonly revision: number;
  readonly epoch: number;
}

export interface StartReply extends Reply {
  /** What the role to act has to do. */
  readonly instructions: string;
}

export interface AdvanceReply extends Reply {
  readonly previousState: State;
  /** What the next role receives. */
  readonly handoffData: JsonObject;
  readonly complete: boolean;
}

export interface RequestRetryReply extends Reply {
  readonly previousState: State;
  /** Retry requests counted so far, this one included, and how many there may be. */
  readonly retries: number;
  readonly maxRetries: number;
}

export interface RollbackReply extends Reply {
  readonly previousState: State;
  readonly rolledBackBy: string;
  readonly at: number;
}

export interface FailAttemptReply extends Reply {
  /** Attempts made at the assignment so far. */
  readonly attempt: number;
}

/** The exclusive, time-limited right to perform the current assignment. */
export interface Claim {
  readonly worker: string;
  /** Fencing token: only its holder may report the outcome. */
  readonly token: string;
  readonly claimedAt: number;
  readonly expiresAt: number;
}

/** Why a workflow waits in `error`. */
export interface Failure {
  /** The state in which it failed. */
  readonly state: State;
  /** The phase that a retry goes back to. */
  readonly phase: State;
  readonly code: string;
  readonly message: string;
  readonly at: number;
}

/** What can happen next, and what it takes. */
export interface ExpectedNext {
  /** States that an advance can lead to; empty in `error` and final states. */
  readonly states: readonly State[];
  /** The role that is to act. */
  readonly role: Role | undefined;
  /** In words, for people. */
  readonly description: string;
}

/** Where a workflow stands. */
export interface WorkflowStatus {
  readonly workflowId: string;
  readonly buildId: string;
  readonly projectId: string;
  readonly userId: string;
  readonly definition: { readonly name: string; readonly version: number };
  readonly state: State;
  readonly role: Role | undefined;
  /** 0 to 100: how much of the way lies behind; in `error`, of the way to where it failed. */
  readonly progressPercent: number;
  readonly completedPhases: readonly State[];
  readonly handoffs: number;
  /** Milliseconds from start until now, or until it was complete. */
  readonly elapsedMs: number;
  readonly expectedNext: ExpectedNext;
  readonly revision: number;
  readonly epoch: number;
  readonly sequence: number;
  readonly retries: number;
  readonly maxRetries: number;
  readonly attempt: number;
  /** Who works on it now; without the token. */
  readonly claim: Omit<Claim, 'token'> | undefined;
  readonly failure: Failure | undefined;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly deadline: number;
  readonly completedAt: number | undefined;
}

/** The record of what one role passed to the next. */
export interface Handoff {
  readonly workflowId: string;
  /** From 1, without gaps, per workflow. */
  readonly number: number;
  readonly fromRole: Role;
  /** Absent when the workflow is complete: nobody takes over. */
  readonly toRole: Role | undefined;
  readonly fromState: State;
  readonly toState: State;
  readonly data: JsonObject;
  readonly at: number;
}

/** One entry of the audit trail. */
export interface WorkflowEvent {
  readonly workflowId: string;
  /** From 1, without gaps, per workflow. */
  readonly sequence: number;
  readonly type: EventType;
  /** The role, worker or user that caused it. */
  readonly triggeredBy: string;
  readonly data: JsonObject;
  readonly at: number;
  readonly revision: number;
  readonly epoch: number;
}

export interface HistoryPage {
  readonly handoffs: readonly Handoff[];
  /** Absent on the last page. */
  readonly nextPageToken: string | undefined;
}

export interface WorkflowPage {
  readonly workflows: readonly WorkflowStatus[];
  /** Absent on the last page. */
  readonly nextPageToken: string | undefined;
}

export interface ProjectStats {
  readonly projectId: string;
  readonly total: number;
  readonly completed: number;
  readonly inProgress: number;
  /** Workflows that wait in `error` now. */
  readonly failed: number;
  /** Of completed workflows, start to complete; absent before the first. */
  readonly averageDurationMs: number | undefined;
  /** completed / (completed + failed), 0 to 1; absent before the first of either. */
  readonly successRate: number | undefined;
  /** The state in which most failures happened, recovered ones included; absent without any. */
  readonly mostCommonFailurePoint: State | undefined;
  /** Handoffs of completed workflows; absent before the first. */
  readonly averageHandoffs: number | undefined;
}

/** Work that a runner may take: a phase to claim and perform, or a handoff to accept. */
export interface AvailableWork {
  readonly workflowId: string;
  readonly state: State;
  readonly role: Role;
  readonly kind: 'phase' | 'handoff';
  readonly revision: number;
}

/** Why work came back, for the role that has to do it again. */
export interface Feedback {
  readonly reason: string;
  /** Raw material such as the failing output. */
  readonly details: string | undefined;
  readonly fromState: State;
  readonly fromRole: string;
  readonly at: number;
}

/** What the current state asks of its role. */
export interface Assignment {
  readonly workflowId: string;
  readonly buildId: string;
  readonly projectId: string;
  readonly userId: string;
  readonly definition: { readonly name: string; readonly version: number };
  /** The phase to perform. */
  readonly state: State;
  readonly role: Role;
  readonly epoch: number;
  /** From 1: which claim of this assignment this is. */
  readonly attempt: number;
  readonly instructions: string;
  readonly requirements: JsonObject;
  readonly metadata: JsonObject;
  /** Accepted outputs of the phases before, by phase. */
  readonly inputs: Readonly<Record<string, JsonObject>>;
  /** Why the work came back; absent the first time. */
  readonly feedback: Feedback | undefined;
  /** JSON Schema (2020-12) of the output. */
  readonly outputSchema: JsonObject;
  /** The gates that the output must pass, by name. */
  readonly gates: Readonly<Record<string, string>>;
  /** The workspace as the role finds it; absent before the first checkpoint. */
  readonly checkpoint: Checkpoint | undefined;
  /** Work past it is thrown away. */
  readonly deadline: number;
}

export interface ClaimedAssignment {
  readonly claim: Claim;
  readonly assignment: Assignment;
}

export interface StateDescription {
  readonly name: State;
  readonly kind: 'phase' | 'handoff' | 'final' | 'error';
  /** Who may advance it: the role of a phase, giver and taker of a handoff. */
  readonly owners: readonly Role[];
  readonly gates: readonly { readonly name: string; readonly description: string }[];
  /** JSON Schema (2020-12) of a phase's output. */
  readonly outputSchema: JsonObject | undefined;
  /** Where a retry request sends the work. */
  readonly retryTo: State | undefined;
}

export interface TransitionDescription {
  readonly from: State;
  readonly to: State;
  readonly kind: 'forward' | 'retry' | 'failure' | 'recovery';
}

export interface DefinitionDescription {
  readonly name: string;
  readonly version: number;
  readonly initial: State;
  readonly roles: readonly {
    readonly name: Role;
    readonly title: string;
    readonly instructions: string;
  }[];
  readonly states: readonly StateDescription[];
  readonly transitions: readonly TransitionDescription[];
}
