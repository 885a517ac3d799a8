import type { Allowance, Budgets } from '../model/budget.ts';
import type { BatonError } from '../model/errors.ts';
import type { WorkflowEvent } from '../model/event.ts';
import type { Handoff } from '../model/handoff.ts';
import type { JsonObject } from '../model/json.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Principal } from '../model/principal.ts';
import type {
  AdvanceReply,
  AnswerReply,
  ApprovalReply,
  AskReply,
  ClaimReply,
  FailAttemptReply,
  RequestRetryReply,
  RollbackReply,
} from '../model/replies.ts';
import type { Checkpoint, WorkflowSnapshot } from '../model/workflow.ts';
import type { Account } from './settle.ts';

/** What a caller may demand of the workflow that it changes. */
export interface Expectations {
  /** Milliseconds since the Unix epoch, from the caller's clock. */
  readonly now: number;
  /** Refuses the command on any other revision. */
  readonly expectedRevision: number | undefined;
  /** The epoch in which the work began; refuses the command in any other. */
  readonly expectedEpoch: number | undefined;
  /** Fencing token of the claim under which the work was done. */
  readonly claimToken: string | undefined;
}

export interface AdvanceCommand extends Expectations, Account {
  readonly kind: 'advance';
  readonly role: string;
  readonly completedState: string;
  readonly result: JsonObject | undefined;
  /** What the phase's schema makes of the result; asked once nothing else speaks against the advance. */
  readonly checkResult?: (result: JsonObject) => JsonObject | BatonError;
  readonly nextState: string | undefined;
  readonly checkpoint: Checkpoint | undefined;
}

export interface RequestRetryCommand extends Expectations, Account {
  readonly kind: 'request_retry';
  readonly requestedBy: string;
  readonly reason: string;
  readonly details: string | undefined;
  readonly targetState: string | undefined;
  readonly checkpoint: Checkpoint | undefined;
  /** Caps that replace those of the same name. */
  readonly budgets: Budgets | undefined;
  /** Counted from now, in place of the workflow's own. */
  readonly timeoutMs: number | undefined;
}

export interface RollbackCommand extends Expectations {
  readonly kind: 'rollback';
  readonly rolledBackBy: string;
  readonly targetState: string;
  readonly reason: string;
}

export interface ClaimCommand extends Omit<Expectations, 'claimToken'> {
  readonly kind: 'claim';
  readonly worker: string;
  readonly roles: readonly string[];
  /** The token that the new claim gets. */
  readonly token: string;
  readonly leaseMs: number;
  readonly principal: Principal;
  /** What the attempt wants to have set aside, at most; absent: all that is left. */
  readonly reserve: Allowance | undefined;
}

export interface AskCommand extends Expectations, Account {
  readonly kind: 'ask';
  readonly claimToken: string;
  readonly questions: Extract<Outcome, { kind: 'ask' }>['questions'];
}

export interface AnswerCommand extends Omit<Expectations, 'claimToken'> {
  readonly kind: 'answer';
  readonly questionId: string;
  readonly text: string;
  readonly answeredBy: string;
}

export interface DecideApprovalCommand extends Omit<Expectations, 'claimToken'> {
  readonly kind: 'decide_approval';
  readonly decidedBy: string;
  readonly approved: boolean;
  /** Why; a refusal sends the work back with it. */
  readonly reason: string | undefined;
  /** Where a refusal sends the work; absent: where a retry request would. */
  readonly targetState: string | undefined;
}

export interface FailAttemptCommand extends Expectations, Account {
  readonly kind: 'fail_attempt';
  readonly claimToken: string;
  readonly code: string;
  readonly message: string;
  /** Whether another attempt can help. */
  readonly retryable: boolean;
  /** Before which the next attempt must not begin. */
  readonly retryAt: number;
}

export type Command =
  | AdvanceCommand
  | RequestRetryCommand
  | RollbackCommand
  | ClaimCommand
  | AskCommand
  | AnswerCommand
  | DecideApprovalCommand
  | FailAttemptCommand;

/** The reply to each kind of command. */
export interface Replies {
  readonly advance: AdvanceReply;
  readonly request_retry: RequestRetryReply;
  readonly rollback: RollbackReply;
  readonly claim: ClaimReply;
  readonly ask: AskReply;
  readonly answer: AnswerReply;
  readonly decide_approval: ApprovalReply;
  readonly fail_attempt: FailAttemptReply;
}

/** Everything that one change of a workflow brings with it. */
export interface Change {
  readonly snapshot: WorkflowSnapshot;
  readonly handoffs: readonly Handoff[];
  readonly events: readonly WorkflowEvent[];
  /** See `Commit.claimExpiredBy`. */
  readonly claimExpiredBy: number | undefined;
}

/**
 * What should happen:
 * - `accepted`: commit the change, then give the reply;
 * - `unchanged`: the reply holds already, there is nothing to commit;
 * - `diverted`: the command is refused, and the refusal itself moves the workflow: commit, then throw;
 * - `rejected`: throw.
 */
export type Decision<R = Replies[keyof Replies]> =
  | { readonly kind: 'accepted'; readonly change: Change; readonly reply: R }
  | { readonly kind: 'unchanged'; readonly reply: R }
  | { readonly kind: 'diverted'; readonly change: Change; readonly error: BatonError }
  | { readonly kind: 'rejected'; readonly error: BatonError };
