/**
 * What the operations take and answer: types alone, so that what runs in a browser can have them.
 */

export type { Artifact, ArtifactKind } from './model/artifact.ts';
export type { Assignment } from './model/assignment.ts';
export type { BuildWorkflow } from './model/build/build-definition.ts';
export type { Transition as TransitionDescription, WorkflowTypes } from './model/definition.ts';
export type {
  DefinitionDescription,
  DefinitionVersion,
  StateDescription,
} from './model/describe-definition.ts';
export type { JsonObject, JsonObjectInput, JsonValue } from './model/json.ts';
export type { Note } from './model/note.ts';
export type { Answer, AnsweredQuestion, Question } from './model/outcome.ts';
export type { Principal } from './model/principal.ts';
export type { Progress } from './model/progress.ts';
export type {
  AdvanceReply,
  AnswerReply,
  ApprovalReply,
  AskReply,
  CancelReply,
  FailAttemptReply,
  Reply,
  RequestRetryReply,
  RollbackReply,
  StartReply,
} from './model/replies.ts';
export type {
  AdvanceRequest,
  AnswerQuestionRequest,
  ArtifactRequest,
  AskRequest,
  CancelRequest,
  ClaimOffer,
  ClaimRequest,
  DecideApprovalRequest,
  DefinitionRequest,
  DescribeWorkflowRequest,
  FailAttemptRequest,
  ListArtifactsRequest,
  ListClaimableRequest,
  ListProjectsRequest,
  ListRequest,
  PageRequest,
  PlanRollbackRequest,
  PollWorkRequest,
  ProjectHistoryRequest,
  ProjectRequest,
  ReadArtifactRequest,
  RenewClaimRequest,
  RenewClaimsRequest,
  ReportProgressRequest,
  RequestRetryRequest,
  RollbackRequest,
  StartRequest,
  TakeWorkRequest,
  UsageRequest,
  WatchRequest,
  WorkflowRequest,
} from './model/requests.ts';
export type { EventType, Handoff, WorkflowEvent } from './model/trail.ts';
export type { Allowance, Budget, Budgets, PhaseUsage, Usage } from './model/usage.ts';
export type {
  Allowed,
  ArtifactPage,
  AvailableWork,
  CallerDescription,
  ClaimedAssignment,
  ExpectedNext,
  HistoryPage,
  PhaseOutput,
  PhaseTimes,
  ProjectDay,
  ProjectPage,
  ProjectStats,
  RollbackPlan,
  TakenWork,
  UsagePage,
  UsageRow,
  WithdrawnPhase,
  WorkflowDescription,
  WorkflowPage,
  WorkflowStatus,
} from './model/views.ts';
export type { BuildRole, BuildState, Role, State } from './model/vocabulary.ts';
export type { Awaiting, Checkpoint, Claim, Failure, Feedback } from './model/workflow.ts';
export type { TypesOf } from './model/workflow-types.ts';
export type { ArtifactReading } from './orchestrator/artifact-reading.ts';
export type { OperationsOf, Orchestrator, WorkSource } from './orchestrator/operations.ts';
export type { Span, SpanAttributes, SpanKind, SpanOptions, Telemetry } from './ports/telemetry.ts';
