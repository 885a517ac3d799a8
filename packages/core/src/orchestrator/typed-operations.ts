import type { WorkflowTypes } from '../model/definition.ts';
import type {
  AdvanceReply,
  AnswerReply,
  ApprovalReply,
  AskReply,
  FailAttemptReply,
  RequestRetryReply,
  RollbackReply,
  StartReply,
} from '../model/replies.ts';
import type {
  AnswerQuestionRequest,
  AskRequest,
  ClaimRequest,
  DecideApprovalRequest,
  FailAttemptRequest,
  ListClaimableRequest,
  ListRequest,
  ProjectRequest,
  RequestRetryRequest,
  RollbackRequest,
  StartRequest,
  WorkflowRequest,
} from '../model/requests.ts';
import type { AvailableWork, ProjectStats, WorkflowStatus } from '../model/views.ts';
import type { AdvanceOf, Of } from '../model/workflow-types.ts';
import type { Orchestrator } from './operations.ts';

/** Operations whose requests or answers name states, roles or outputs. */
interface Typed<T extends WorkflowTypes> {
  start(request: StartRequest): Promise<Of<T, StartReply>>;
  advance(request: AdvanceOf<T>): Promise<Of<T, AdvanceReply>>;
  status(request: WorkflowRequest): Promise<Of<T, WorkflowStatus>>;
  requestRetry(request: Of<T, RequestRetryRequest>): Promise<Of<T, RequestRetryReply>>;
  rollback(request: Of<T, RollbackRequest>): Promise<Of<T, RollbackReply>>;
  answerQuestion(request: AnswerQuestionRequest): Promise<Of<T, AnswerReply>>;
  decideApproval(request: Of<T, DecideApprovalRequest>): Promise<Of<T, ApprovalReply>>;
  projectStats(request: ProjectRequest): Promise<Of<T, ProjectStats>>;
  list(request: Of<T, ListRequest>): ReturnType<Orchestrator['list']>;
  listClaimable(request: Of<T, ListClaimableRequest>): Promise<readonly Of<T, AvailableWork>[]>;
  claim(request: Of<T, ClaimRequest>): ReturnType<Orchestrator['claim']>;
  ask(request: AskRequest): Promise<Of<T, AskReply>>;
  failAttempt(request: FailAttemptRequest): Promise<Of<T, FailAttemptReply>>;
}

/**
 * Operations with the states, roles and outputs of known definitions: a name that none of them has does not
 * compile, and a result is of the completed phase. A client has them as well.
 *
 * @typeParam T what is known, such as `BuildWorkflow`.
 * @typeParam O the operations, as they are without it.
 */
export type OperationsOf<
  T extends WorkflowTypes,
  O extends { [K in keyof Typed<T>]: unknown } = Orchestrator,
> = Omit<O, keyof Typed<T>> & Typed<T>;
