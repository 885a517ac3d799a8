import type { Claim } from './assignment.ts';
import type { JsonObject } from './json.ts';
import type { Awaiting, Question } from './people.ts';
import type { Checkpoint } from './requests.ts';
import type { Budgets, PhaseUsage } from './usage.ts';
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
  /** Whether the move waits for a person's approval; the state is still the previous one. */
  readonly awaitsApproval: boolean;
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

export interface AskReply extends Reply {
  readonly questionIds: readonly string[];
}

export interface AnswerReply extends Reply {
  /** Questions that are still open; with none, the work goes on. */
  readonly openQuestionIds: readonly string[];
}

export interface ApprovalReply extends Reply {
  readonly previousState: State;
  readonly approved: boolean;
}

/** Why a workflow waits in `error`. */
export interface Failure {
  /** The state in which it failed. */
  readonly state: State;
  /** The phase that a retry goes back to. */
  readonly phase: State;
  readonly code: string;
  readonly message: string;
  /** Raw material such as the failing output. */
  readonly details: string | undefined;
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
  readonly claim: Pick<Claim, 'worker' | 'claimedAt' | 'expiresAt'> | undefined;
  readonly failure: Failure | undefined;
  /** The person's answers or approval that it waits for; absent: it can go on. */
  readonly awaiting: Awaiting | undefined;
  readonly questions: readonly Question[];
  /** What each phase has used so far, over all attempts. */
  readonly usage: Readonly<Record<string, PhaseUsage>>;
  readonly budgets: Budgets | undefined;
  /** The workspace as the last phase left it; absent before the first checkpoint. */
  readonly checkpoint: Checkpoint | undefined;
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

/** What a role says of its work while it works. Not durable: a hint for whoever watches. */
export interface Progress {
  readonly workflowId: string;
  readonly state: State;
  readonly role: Role;
  readonly attempt: number;
  readonly message: string;
  readonly at: number;
}

export interface HistoryPage {
  readonly handoffs: readonly Handoff[];
  /** Absent on the last page. */
  readonly nextPageToken: string | undefined;
}

export interface WorkflowPage {
  /**
   * As `status` has them, but for texts, which are cut at 1,000 characters: of the questions the first ten
   * that are open, of a failure what happened and no details.
   */
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
