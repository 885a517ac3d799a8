import type {
  AdvanceReply,
  AdvanceRequest,
  AnswerQuestionRequest,
  AnswerReply,
  ApprovalReply,
  AskReply,
  AskRequest,
  AvailableWork,
  ClaimedAssignment,
  ClaimRequest,
  DecideApprovalRequest,
  DefinitionDescription,
  DefinitionRequest,
  FailAttemptReply,
  FailAttemptRequest,
  HistoryPage,
  ListClaimableRequest,
  ListRequest,
  PageRequest,
  Progress,
  ProjectRequest,
  ProjectStats,
  RenewClaimRequest,
  ReportProgressRequest,
  RequestRetryReply,
  RequestRetryRequest,
  RollbackReply,
  RollbackRequest,
  StartReply,
  StartRequest,
  WatchRequest,
  WorkflowEvent,
  WorkflowPage,
  WorkflowRequest,
  WorkflowStatus,
} from '@baton/core/api';

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
  start(request: StartRequest): Promise<StartReply>;
  advance(request: AdvanceRequest): Promise<AdvanceReply>;
  status(request: WorkflowRequest): Promise<WorkflowStatus>;
  requestRetry(request: RequestRetryRequest): Promise<RequestRetryReply>;
  history(request: PageRequest): Promise<HistoryPage>;
  rollback(request: RollbackRequest): Promise<RollbackReply>;
  projectStats(request: ProjectRequest): Promise<ProjectStats>;
  list(request: ListRequest): Promise<WorkflowPage>;
  answerQuestion(request: AnswerQuestionRequest): Promise<AnswerReply>;
  decideApproval(request: DecideApprovalRequest): Promise<ApprovalReply>;
  /**
   * Goes on over cut connections, without a gap and with nothing twice.
   *
   * @param onProgress hears what roles say of their work meanwhile, as far as it comes by the server
   * that is watched: hints between the events.
   */
  watch(
    request: WatchRequest,
    signal?: AbortSignal,
    onProgress?: (progress: Progress) => void,
  ): AsyncIterable<WorkflowEvent>;
  describeDefinition(request: DefinitionRequest): Promise<DefinitionDescription>;
  /**
   * Resolves once the workflow is in `state`, or enters it, with the status as it is then: a workflow
   * that only passed through is already further on. A state that it has left before the call does
   * not count, unless `afterSequence` says so.
   * @throws BatonError `wrong_state` when it has ended elsewhere, or waits in `error`.
   */
  waitFor(
    workflowId: string,
    state: WorkflowStatus['state'],
    options?: WaitOptions,
  ): Promise<WorkflowStatus>;

  /** What a runner needs: a client is a `WorkSource`. */
  listClaimable(request: ListClaimableRequest): Promise<readonly AvailableWork[]>;
  claim(request: ClaimRequest): Promise<ClaimedAssignment>;
  renewClaim(request: RenewClaimRequest): Promise<boolean>;
  failAttempt(request: FailAttemptRequest): Promise<FailAttemptReply>;
  ask(request: AskRequest): Promise<AskReply>;
  /** Not repeated: what is lost is a hint. */
  reportProgress(request: ReportProgressRequest): Promise<void>;

  /** Ends the connections that this client holds open. */
  close(): void;
}
