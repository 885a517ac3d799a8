import type { JsonObject } from './json.ts';
import type { ClaimedAssignment } from './views.ts';
import type { Role, State } from './vocabulary.ts';
import type { Claim } from './workflow.ts';

/** What every change of a workflow answers. */
export interface Reply {
  readonly workflowId: string;
  readonly state: State;
  /** The role that is to act now; absent in `error` and in final states. */
  readonly role: Role | undefined;
  readonly revision: number;
  readonly epoch: number;
}

/** A change after which its caller may go on. */
interface Taking {
  /** What the caller took in the same commit, as `takeNext` asked; absent where there was nothing to take. */
  readonly next?: ClaimedAssignment;
}

export interface StartReply extends Reply, Taking {
  /** What the role to act has to do. */
  readonly instructions: string;
}

export interface AdvanceReply extends Reply, Taking {
  readonly previousState: State;
  /** What the next role receives. */
  readonly handoffData: JsonObject;
  readonly complete: boolean;
  /** Whether the move waits for a person's approval; the state is still the previous one. */
  readonly awaitsApproval: boolean;
}

export interface RequestRetryReply extends Reply, Taking {
  readonly previousState: State;
  /** Retry requests counted so far, this one included, and how many there may be. */
  readonly retries: number;
  readonly maxRetries: number;
}

export interface RollbackReply extends Reply {
  readonly previousState: State;
  readonly rolledBackBy: string;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
}

export interface CancelReply extends Reply {
  /** The state in which it was stopped. */
  readonly previousState: State;
  readonly cancelledBy: string;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
}

export interface ClaimReply extends Reply {
  readonly claim: Claim;
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

export interface FailAttemptReply extends Reply {
  /** Attempts made at the assignment so far. */
  readonly attempt: number;
}
