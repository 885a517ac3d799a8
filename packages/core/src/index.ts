// Every export by name, in tiers. What our other packages need besides is in `internal.ts`.

// For those who run builds:

export type * from './api.ts';
export { createMemoryDispatcher } from './memory/memory-dispatcher.ts';
export { createMemoryStore } from './memory/memory-store.ts';
export type { ConcurrencyLimits } from './orchestrator/concurrency.ts';
export {
  type ExpirySweep,
  type ExpirySweepOptions,
  startExpirySweep,
} from './orchestrator/expire.ts';
export { createOrchestrator } from './orchestrator/orchestrator.ts';
export type { OrchestratorOptions } from './orchestrator/orchestrator-options.ts';
export { createRunner, type Runner } from './runner/runner.ts';
export type { BackoffOptions, RunnerOptions, RunnerReport } from './runner/runner-options.ts';

// What they get back:

export { isCancelled } from './model/cancelled.ts';
export {
  BatonError,
  type BatonErrorOptions,
  ERROR_CODES,
  type ErrorCode,
  type FieldViolation,
} from './model/errors.ts';
export type { AnsweredQuestion, Question } from './model/outcome.ts';
export type { Progress } from './model/progress.ts';
export type {
  AdvanceReply,
  AnswerReply,
  ApprovalReply,
  AskReply,
  FailAttemptReply,
  Reply,
  RequestRetryReply,
  RollbackReply,
  StartReply,
} from './model/replies.ts';
export type { Handoff } from './model/trail.ts';
export { EVENT_TYPES, type EventType, type WorkflowEvent } from './model/trail.ts';
export type { PhaseUsage, Usage } from './model/usage.ts';

// For those who write role adapters:

export {
  ARTIFACT_KINDS,
  type Artifact,
  type ArtifactKind,
  type ArtifactMeta,
  type ArtifactRef,
} from './model/artifact.ts';
export type { Assignment } from './model/assignment.ts';
export {
  type CoverageKind,
  type DeploymentOutput,
  type DiscoveryOutput,
  deploymentOutput,
  discoveryOutput,
  type HandOverOutput,
  handOverOutput,
  type ImplementationOutput,
  implementationOutput,
  type PlanningOutput,
  planningOutput,
  type TestingOutput,
  testingOutput,
  type VerificationOutput,
  verificationOutput,
} from './model/build/outputs.ts';
export type { Evidence } from './model/evidence.ts';
export type { JsonObject, JsonObjectInput, JsonValue } from './model/json.ts';
export type { Note } from './model/note.ts';
export type { Outcome } from './model/outcome.ts';
export {
  type DeclaredPrincipal,
  PERSON,
  type Performer,
  PROGRAM,
  type Principal,
} from './model/principal.ts';
export type { Redact } from './model/redact.ts';
export type { Allowance, Budget, Budgets } from './model/usage.ts';

export type { RoleAdapter, RoleArtifact, RoleContext } from './ports/role-adapter.ts';
export type { Span, SpanAttributes, SpanKind, SpanOptions, Telemetry } from './ports/telemetry.ts';
export type {
  Preparation,
  PublishedBy,
  Workspace,
  WorkspaceFile,
  WorkspaceFiles,
  WorkspaceOutside,
  WorkspaceProvider,
  WorkspaceSnapshot,
  WorkspaceUse,
} from './ports/workspace.ts';

// For those who say who may do what:

export { type Grant, type GrantInput, PERMISSIONS, type Permission } from './model/grant.ts';

// For those who define workflows of their own:

export { buildDefinition } from './model/build/build-definition.ts';
export type { BuildDefinitionOptions } from './model/build/define-build.ts';
export { BUILD_AND_HAND_OVER, handOverDefinition } from './model/build/hand-over-definition.ts';
export { defineWorkflow } from './model/define-workflow.ts';
export type {
  ApprovalRule,
  Gate,
  GateContext,
  RoleDefinition,
  SeparatedBy,
  Separation,
  StateDefinition,
  Transition,
  TransitionKind,
  WorkflowDefinition,
} from './model/definition.ts';
export {
  type DefinitionDescription,
  type DefinitionVersion,
  describeDefinition,
  type StateDescription,
} from './model/describe-definition.ts';
export type { BuildRole } from './model/vocabulary.ts';
export {
  BUILD_PHASES,
  BUILD_STATES,
  type BuildPhase,
  type BuildState,
} from './model/vocabulary.ts';
export type { StateOptions, WorkflowOptions } from './model/workflow-options.ts';

// For those who move workflows from one store to another:

export { exportArtifacts } from './portable/export-artifacts.ts';
export { type ExportOptions, exportWorkflow } from './portable/export-workflow.ts';
export { type ImportedArtifacts, importArtifacts } from './portable/import-artifacts.ts';
export { importWorkflow } from './portable/import-workflow.ts';
export { readWorkflowFile } from './portable/read-workflow-file.ts';

// For those who write stores and other parts:

export { isOverdue, timesOutAt } from './machine/waiting.ts';
export { addStats, NO_STATS, type StatsCounters, type StatsDelta } from './model/stats.ts';
export { completeSnapshot, type StoredSnapshot } from './model/stored-snapshot.ts';
export {
  addCounters,
  NO_USAGE_COUNTERS,
  USAGE_COUNTERS,
  type UsageCounters,
  type UsageDelta,
  type UsageGroup,
  type UsageSum,
} from './model/usage-counters.ts';
export type {
  Awaiting,
  Checkpoint,
  Claim,
  Failure,
  Feedback,
  PhaseEntry,
  RuleDigests,
  WorkflowLimits,
  WorkflowSnapshot,
} from './model/workflow.ts';

export type {
  ArtifactQuery,
  ArtifactRetention,
  ArtifactStore,
  ByteRange,
  PrunedArtifacts,
  SupersededBy,
} from './ports/artifact-store.ts';
export type {
  DocumentQuery,
  DocumentStore,
  DocumentWrite,
  StoredDocument,
  StoreWithDocuments,
} from './ports/document-store.ts';
export type { Notice, NoticeAction, Notifier, NotifyResult, Occasion } from './ports/notifier.ts';
export { OCCASIONS } from './ports/notifier.ts';
export type {
  Clock,
  Dispatcher,
  IdGenerator,
  WorkflowListener,
  WorkHint,
} from './ports/runtime.ts';
export type {
  ClaimableQuery,
  Commit,
  CommitResult,
  CreateResult,
  Lease,
  LoadedWorkflow,
  NumberedQuery,
  OverdueQuery,
  Permit,
  PermitRequest,
  ProjectsQuery,
  Queue,
  QueueQuery,
  Renewal,
  ReplyQuery,
  StoreCapabilities,
  StoredReply,
  UsageQuery,
  WorkflowNames,
  WorkflowQuery,
  WorkflowRecord,
  WorkflowStore,
} from './ports/workflow-store.ts';
