/** The types that both entries export. */
export type {
  Assignment,
  AvailableWork,
  Claim,
  ClaimedAssignment,
  Feedback,
} from './assignment.ts';
export type { BatonClient, WaitOptions } from './baton-client.ts';
export type { ClientOptions } from './client-options.ts';
export type {
  DefinitionDescription,
  StateDescription,
  TransitionDescription,
} from './definition.ts';
export type { JsonObject, JsonValue } from './json.ts';
export type { Answer, AnsweredQuestion, Awaiting, Question } from './people.ts';
export type {
  AdvanceRequest,
  AnswerQuestionRequest,
  Checkpoint,
  DecideApprovalRequest,
  DefinitionRequest,
  ListRequest,
  Note,
  PageRequest,
  Principal,
  ProjectRequest,
  RequestRetryRequest,
  RollbackRequest,
  StartRequest,
  WatchRequest,
  WorkflowRequest,
} from './requests.ts';
export type {
  AskRequest,
  ClaimRequest,
  FailAttemptRequest,
  ListClaimableRequest,
  RenewClaimRequest,
  ReportProgressRequest,
} from './runner-requests.ts';
export type { Allowance, Budget, Budgets, PhaseUsage, Usage } from './usage.ts';
export type {
  AdvanceReply,
  AnswerReply,
  ApprovalReply,
  AskReply,
  ExpectedNext,
  FailAttemptReply,
  Failure,
  Handoff,
  HistoryPage,
  Progress,
  ProjectStats,
  Reply,
  RequestRetryReply,
  RollbackReply,
  StartReply,
  WorkflowEvent,
  WorkflowPage,
  WorkflowStatus,
} from './views.ts';
export type { BuildRole, BuildState, EventType, Role, State } from './vocabulary.ts';
