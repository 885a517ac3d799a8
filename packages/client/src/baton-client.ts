import type * as assignment from './assignment.ts';
import type { DefinitionDescription } from './definition.ts';
import type * as request from './requests.ts';
import type * as runner from './runner-requests.ts';
import type * as view from './views.ts';

export interface WaitOptions {
  readonly signal?: AbortSignal | undefined;
  /** Whether to give up when the workflow waits in `error`. Default true. */
  readonly failOnError?: boolean | undefined;
  /**
   * Counts from this event on: 0 for the whole way of the workflow, so that a state it has passed
   * before the call counts too. Default: what happens after the call.
   */
  readonly afterSequence?: number | undefined;
}

/**
 * Baton's operations on a server. Every failure is a BatonError, with the code that the embedded
 * orchestrator would give; a call that changes something carries a request id, and is repeated while
 * the server is away.
 */
export interface BatonClient {
  start(request: request.StartRequest): Promise<view.StartReply>;
  advance(request: request.AdvanceRequest): Promise<view.AdvanceReply>;
  status(request: request.WorkflowRequest): Promise<view.WorkflowStatus>;
  requestRetry(request: request.RequestRetryRequest): Promise<view.RequestRetryReply>;
  history(request: request.PageRequest): Promise<view.HistoryPage>;
  rollback(request: request.RollbackRequest): Promise<view.RollbackReply>;
  projectStats(request: request.ProjectRequest): Promise<view.ProjectStats>;
  list(request: request.ListRequest): Promise<view.WorkflowPage>;
  answerQuestion(request: request.AnswerQuestionRequest): Promise<view.AnswerReply>;
  decideApproval(request: request.DecideApprovalRequest): Promise<view.ApprovalReply>;
  /**
   * Goes on over cut connections, without a gap and with nothing twice.
   *
   * @param onProgress hears what roles say of their work meanwhile, as far as it comes by the server
   * that is watched: hints between the events.
   */
  watch(
    request: request.WatchRequest,
    signal?: AbortSignal,
    onProgress?: (progress: view.Progress) => void,
  ): AsyncIterable<view.WorkflowEvent>;
  describeDefinition(request: request.DefinitionRequest): Promise<DefinitionDescription>;
  /**
   * Resolves once the workflow is in `state`, or enters it, with the status as it is then: a workflow
   * that only passed through is already further on. A state that it has left before the call does
   * not count, unless `afterSequence` says so.
   * @throws BatonError `wrong_state` when it has ended elsewhere, or waits in `error`.
   */
  waitFor(
    workflowId: string,
    state: view.WorkflowStatus['state'],
    options?: WaitOptions,
  ): Promise<view.WorkflowStatus>;

  /** What a runner needs: a client is a `WorkSource`. */
  listClaimable(request: runner.ListClaimableRequest): Promise<readonly assignment.AvailableWork[]>;
  claim(request: runner.ClaimRequest): Promise<assignment.ClaimedAssignment>;
  renewClaim(request: runner.RenewClaimRequest): Promise<boolean>;
  failAttempt(request: runner.FailAttemptRequest): Promise<view.FailAttemptReply>;
  ask(request: runner.AskRequest): Promise<view.AskReply>;
  /** Not repeated: what is lost is a hint. */
  reportProgress(request: runner.ReportProgressRequest): Promise<void>;

  /** Ends the connections that this client holds open. */
  close(): void;
}
