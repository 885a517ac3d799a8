import type { BatonError } from '../model/errors.ts';
import type { JsonObject } from '../model/json.ts';
import type {
  AdvanceReply,
  AnswerReply,
  ApprovalReply,
  AskReply,
  CancelReply,
  ClaimReply,
  FailAttemptReply,
  RequestRetryReply,
  RollbackReply,
} from '../model/replies.ts';
import type {
  Asked,
  advanceRequest,
  answerQuestionRequest,
  askRequest,
  cancelRequest,
  claimRequest,
  decideApprovalRequest,
  failAttemptRequest,
  requestRetryRequest,
  rollbackRequest,
} from '../model/requests.ts';
import type { Handoff, WorkflowEvent } from '../model/trail.ts';
import type { Allowance } from '../model/usage.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';

interface At<K extends string> {
  readonly kind: K;
  /** Milliseconds since the Unix epoch, from the store's clock. */
  readonly now: number;
}

export interface AdvanceCommand
  extends At<'advance'>,
    Omit<Asked<typeof advanceRequest>, 'takeNext'> {
  /** Who vouches for the evidence and the files that it tells of. Absent: the holder of the claim. */
  readonly attestedBy?: string | undefined;
  /** What the phase's schema makes of the result; asked once nothing else speaks against the advance. */
  readonly checkResult?: (result: JsonObject) => JsonObject | BatonError;
}

export interface RequestRetryCommand
  extends At<'request_retry'>,
    Omit<Asked<typeof requestRetryRequest>, 'by' | 'takeNext'> {
  readonly by: string;
  /** Counted from now, in place of the workflow's own. */
  readonly timeoutMs: number | undefined;
}

export interface RollbackCommand
  extends At<'rollback'>,
    Omit<Asked<typeof rollbackRequest>, 'by' | 'expectedPlan'> {
  readonly by: string;
}

export interface CancelCommand extends At<'cancel'>, Omit<Asked<typeof cancelRequest>, 'by'> {
  readonly by: string;
}

/** By what a worker takes an assignment. */
export interface ClaimTerms
  extends Pick<Asked<typeof claimRequest>, 'worker' | 'roles' | 'leaseMs' | 'principal'> {
  /** What the attempt wants to have set aside, at most; absent: all that is left. */
  readonly reserve: Allowance | undefined;
  /** The token that the claim gets, where its worker wants one of its own. */
  readonly token?: string | undefined;
  /** Of what else it is no offer; absent: it is for all projects. */
  readonly projectIds?: readonly string[] | undefined;
}

export interface ClaimCommand
  extends At<'claim'>,
    Omit<ClaimTerms, 'token' | 'projectIds'>,
    Pick<Expectations, 'expectedRevision' | 'expectedEpoch'> {
  /** The token that the new claim gets. */
  readonly token: string;
}

export interface AskCommand extends At<'ask'>, Asked<typeof askRequest> {}

export interface AnswerCommand extends At<'answer_question'>, Asked<typeof answerQuestionRequest> {}

export interface DecideApprovalCommand
  extends At<'decide_approval'>,
    Asked<typeof decideApprovalRequest> {}

export interface FailAttemptCommand
  extends At<'fail_attempt'>,
    Omit<Asked<typeof failAttemptRequest>, 'retryAfterMs'> {
  /** Before which the next attempt must not begin. */
  readonly retryAt: number;
}

/** What a caller may demand of the workflow that it changes. */
export type Expectations = Pick<
  AdvanceCommand,
  'now' | 'expectedRevision' | 'expectedEpoch' | 'claimToken'
>;

export type Command =
  | AdvanceCommand
  | RequestRetryCommand
  | RollbackCommand
  | CancelCommand
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
  readonly cancel: CancelReply;
  readonly claim: ClaimReply;
  readonly ask: AskReply;
  readonly answer_question: AnswerReply;
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

export interface Accepted<R> {
  readonly kind: 'accepted';
  readonly change: Change;
  readonly reply: R;
}

/**
 * What should happen:
 * - `accepted`: commit the change, then give the reply;
 * - `unchanged`: the reply holds already, there is nothing to commit;
 * - `diverted`: the command is refused, and the refusal itself moves the workflow: commit, then throw;
 * - `rejected`: throw.
 */
export type Decision<R = Replies[keyof Replies]> =
  | Accepted<R>
  | { readonly kind: 'unchanged'; readonly reply: R }
  | { readonly kind: 'diverted'; readonly change: Change; readonly error: BatonError }
  | { readonly kind: 'rejected'; readonly error: BatonError };
