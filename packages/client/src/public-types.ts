/** The types that both entries export. */
export type { BatonClient, WaitOptions } from './baton-client.ts';
export type { ClientOptions } from './client-options.ts';
export type { JsonObject, JsonValue } from './json.ts';
export type {
  AdvanceRequest,
  Checkpoint,
  ClaimRequest,
  DefinitionRequest,
  FailAttemptRequest,
  ListClaimableRequest,
  ListRequest,
  PageRequest,
  ProjectRequest,
  RenewClaimRequest,
  RequestRetryRequest,
  RollbackRequest,
  StartRequest,
  WatchRequest,
  WorkflowRequest,
} from './requests.ts';
export type {
  AdvanceReply,
  Assignment,
  AvailableWork,
  Claim,
  ClaimedAssignment,
  DefinitionDescription,
  ExpectedNext,
  FailAttemptReply,
  Failure,
  Feedback,
  Handoff,
  HistoryPage,
  ProjectStats,
  Reply,
  RequestRetryReply,
  RollbackReply,
  StartReply,
  StateDescription,
  TransitionDescription,
  WorkflowEvent,
  WorkflowPage,
  WorkflowStatus,
} from './views.ts';
export type { BuildRole, BuildState, EventType, Role, State } from './vocabulary.ts';
