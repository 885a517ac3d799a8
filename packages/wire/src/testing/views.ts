import type {
  AdvanceReply,
  AnswerReply,
  ApprovalReply,
  Artifact,
  AskReply,
  AvailableWork,
  CallerDescription,
  CancelReply,
  ClaimedAssignment,
  DefinitionDescription,
  DefinitionVersion,
  FailAttemptReply,
  Handoff,
  Progress,
  ProjectDay,
  ProjectStats,
  Reply,
  RequestRetryReply,
  RollbackPlan,
  RollbackReply,
  StartReply,
  UsageRow,
  WorkflowDescription,
  WorkflowEvent,
  WorkflowStatus,
} from '@baton/core/api';
import * as wire from '@baton/proto';
import type { DescMessage } from '@bufbuild/protobuf';
import * as operations from '../operations.ts';

/** One of each that core answers, with a value in every member. */

const reply: Reply = {
  workflowId: 'wf_1',
  state: 'planning',
  role: 'q_assistant',
  revision: 2,
  epoch: 3,
};
const start: StartReply = { ...reply, instructions: 'Find out.' };
const advance: AdvanceReply = {
  ...reply,
  previousState: 'discovery',
  handoffData: { a: [1, null, { b: 'c' }] },
  complete: true,
  awaitsApproval: true,
};
const retry: RequestRetryReply = { ...reply, previousState: 'testing', retries: 1, maxRetries: 3 };
const rollback: RollbackReply = {
  ...reply,
  previousState: 'testing',
  rolledBackBy: 'ada',
  at: 1234,
};
const cancel: CancelReply = {
  ...{ ...reply, state: 'error', role: undefined },
  previousState: 'testing',
  cancelledBy: 'ada',
  at: 1234,
};
const fail: FailAttemptReply = { ...reply, attempt: 4 };
const ask: AskReply = { ...reply, questionIds: ['q1', 'q2'] };
const answer: AnswerReply = { ...reply, openQuestionIds: ['q2'] };
const approval: ApprovalReply = { ...reply, previousState: 'testing', approved: true };

const used = {
  requests: 1,
  inputTokens: 2,
  cachedInputTokens: 3,
  outputTokens: Number.MAX_SAFE_INTEGER,
  reasoningTokens: 5,
  cost: 0.5,
  unpricedRequests: 6,
};

const status: WorkflowStatus = {
  workflowId: 'wf_1',
  buildId: 'b',
  projectId: 'p',
  userId: 'ada',
  definition: { name: 'build', version: 1 },
  state: 'testing',
  role: 'test_auditor',
  progressPercent: 50,
  completedPhases: ['discovery', 'planning'],
  handoffs: 7,
  elapsedMs: 1500,
  expectedNext: { states: ['handoff_to_verifier'], role: 'test_auditor', description: 'Tests.' },
  revision: 8,
  epoch: 9,
  sequence: 10,
  retries: 1,
  maxRetries: 3,
  priority: -4,
  attempt: 2,
  claim: { worker: 'w', claimedAt: 11, expiresAt: 12 },
  failure: {
    state: 'testing',
    phase: 'testing',
    code: 'c',
    message: 'm',
    details: 'd',
    at: 13,
    by: 'ada',
  },
  awaiting: {
    kind: 'approval',
    since: 14,
    to: 'deployment',
    role: 'release_manager',
    approvers: [],
  },
  questions: [
    {
      id: 'q1',
      text: 'Which?',
      choices: ['a', 'b'],
      askedInState: 'discovery',
      askedBy: 'q_assistant',
      askedAt: 15,
      answer: { text: 'a', answeredBy: 'ada', at: 16 },
    },
  ],
  usage: {
    planning: { ...used, durationMs: 17, unsettledTokens: 18, unsettledCost: 0.25 },
  },
  budgets: { tokens: 1, cost: 2, wallMs: 3, phases: { planning: { wallMs: 4 } } },
  checkpoint: { commit: 'c', digest: 'd' },
  createdAt: 19,
  updatedAt: 20,
  deadline: 21,
  completedAt: 22,
};

const workflow: WorkflowDescription = {
  workflowId: 'wf_1',
  buildId: 'b',
  projectId: 'p',
  userId: 'ada',
  definition: { name: 'build', version: 1 },
  state: 'handoff_to_releaser',
  revision: 8,
  epoch: 2,
  requirements: { request: 'Build', nothing: null },
  metadata: { ticket: 7 },
  outputs: [
    { state: 'discovery', output: { summary: 's' } },
    { state: 'planning', output: undefined },
  ],
  awaiting: status.awaiting,
  phaseToApprove: 'planning',
};
const outputsAlone: WorkflowDescription = {
  ...workflow,
  requirements: undefined,
  metadata: undefined,
  awaiting: undefined,
  phaseToApprove: undefined,
};

const claimed: ClaimedAssignment = {
  claim: {
    worker: 'w',
    token: 't',
    claimedAt: 1,
    expiresAt: 2,
    principal: { models: ['anthropic:x'], modelFamilies: ['claude'], kind: 'program' },
    reserved: { tokens: 3, cost: 0.5 },
    endsAt: 4,
  },
  assignment: {
    workflowId: 'wf_1',
    buildId: 'b',
    projectId: 'p',
    userId: 'ada',
    definition: { name: 'build', version: 1 },
    state: 'testing',
    role: 'test_auditor',
    epoch: 5,
    attempt: 6,
    instructions: 'Test.',
    requirements: { a: 1 },
    metadata: { b: 2 },
    inputs: { planning: { steps: ['c'] } },
    feedback: { reason: 'r', details: 'd', fromState: 'testing', fromRole: 'test_auditor', at: 7 },
    answers: [{ question: 'q', answer: 'a', answeredBy: 'ada' }],
    allowance: { tokens: 8, cost: 9 },
    outputSchema: { type: 'object' },
    gates: { coverage: 'at least 80 %' },
    checkpoint: { commit: 'c', digest: 'd' },
    deadline: 10,
  },
};

const plan: RollbackPlan = {
  workflowId: 'wf_1',
  revision: 8,
  epoch: 2,
  state: 'testing',
  targetState: 'implementation',
  role: 'code_writer',
  withdrawn: [
    {
      state: 'implementation',
      role: 'code_writer',
      attempts: 2,
      hasOutput: true,
      usage: { ...used, durationMs: 17, unsettledTokens: 18, unsettledCost: 0.25 },
    },
  ],
  claim: status.claim,
  questions: status.questions,
  awaiting: status.awaiting,
  failure: status.failure,
  checkpointBefore: { commit: 'c2', digest: 'd2' },
  checkpointAfter: { commit: 'c1', digest: 'd1' },
  artifacts: { byKind: { transcript: 3, diff: 1 } },
  digest: 'f00d',
};

const handoff: Handoff = {
  workflowId: 'wf_1',
  number: 1,
  fromRole: 'q_assistant',
  toRole: 'code_writer',
  fromState: 'planning',
  toState: 'handoff_to_coder',
  data: { steps: [] },
  at: 2,
};

const event: WorkflowEvent = {
  workflowId: 'wf_1',
  sequence: 1,
  type: 'workflow_started',
  triggeredBy: 'ada',
  data: {},
  at: 2,
  revision: 3,
  epoch: 4,
};

const progress: Progress = {
  workflowId: 'wf_1',
  state: 'planning',
  role: 'q_assistant',
  attempt: 1,
  message: 'Reading',
  at: 2,
};

const stats: ProjectStats = {
  projectId: 'p',
  total: 4,
  completed: 2,
  inProgress: 1,
  failed: 1,
  cancelled: 1,
  averageDurationMs: 1500,
  successRate: 0.5,
  mostCommonFailurePoint: 'testing',
  averageHandoffs: 1.5,
};

const day: ProjectDay = {
  day: '2026-01-31',
  started: 3,
  completed: 2,
  completedDurationMs: 1500,
  failures: { testing: 1 },
  cancellations: { planning: 2 },
  retries: { testing: 2, error: 1 },
  rollbacks: { deployment: 1 },
  phases: { planning: { count: 4, durationMs: 2500 } },
};

const usageRow: UsageRow = {
  role: 'code_writer',
  model: 'acme:large',
  day: '2026-01-31',
  attempts: 2,
  requests: 3,
  inputTokens: 40,
  cachedInputTokens: 5,
  outputTokens: 6,
  reasoningTokens: 1,
  cost: 0.25,
  unpricedRequests: 1,
  durationMs: 1500,
  unsettledTokens: -7,
  unsettledCost: -0.5,
};

const work: AvailableWork = {
  workflowId: 'wf_1',
  state: 'planning',
  role: 'q_assistant',
  kind: 'phase',
  revision: 1,
};

const definition: DefinitionDescription = {
  name: 'build',
  version: 1,
  initial: 'discovery',
  roles: [{ name: 'q_assistant', title: 'Q', instructions: 'Ask.' }],
  states: [
    {
      name: 'discovery',
      kind: 'phase',
      owners: ['q_assistant'],
      gates: [{ name: 'g', description: 'd' }],
      outputSchema: { type: 'object' },
      retryTo: 'discovery',
    },
  ],
  transitions: [{ from: 'discovery', to: 'planning', kind: 'forward' }],
  approvals: [{ from: 'discovery', to: 'planning', by: ['ada'] }],
  separations: [{ phase: 'planning', from: 'discovery', by: 'model_family' }],
  workspaceRequired: true,
};

const definitionVersion: DefinitionVersion = { name: 'build', version: 2, isDefault: true };

const caller: CallerDescription = {
  name: 'ada',
  shownBy: 'api_key',
  permissions: ['read', 'decide'],
  projects: { any: false, names: ['shop'] },
  roles: { any: false, names: [] },
  actors: { any: true, names: [] },
  performers: { any: true, names: [] },
  attests: true,
  expiresAt: 30,
};

const artifact: Artifact = {
  workflowId: 'wf_1',
  number: 1,
  projectId: 'p',
  state: 'testing',
  role: 'test_auditor',
  epoch: 2,
  attempt: 3,
  kind: 'output',
  name: 'test: unit',
  mediaType: 'text/plain',
  treeDigest: 't',
  digest: 'd',
  size: 2 ** 40,
  truncated: true,
  compressedSize: 5,
  superseded: true,
  createdAt: 6,
};
const { treeDigest: _, ...ofNoTree } = artifact;

const nothingYet: WorkflowStatus = {
  ...status,
  role: undefined,
  claim: undefined,
  failure: undefined,
  awaiting: { kind: 'answers', since: 14 },
  questions: [],
  usage: {},
  budgets: undefined,
  checkpoint: undefined,
  completedAt: undefined,
};

export const ANSWERS: readonly [string, DescMessage, object, unknown][] = [
  ['the reply to a start', wire.StartWorkflowResponseSchema, operations.start.reply, start],
  [
    'the reply to an advance',
    wire.AdvanceWorkflowResponseSchema,
    operations.advance.reply,
    advance,
  ],
  ['the reply to a retry', wire.RequestRetryResponseSchema, operations.requestRetry.reply, retry],
  [
    'the reply to a rollback',
    wire.RollbackWorkflowResponseSchema,
    operations.rollback.reply,
    rollback,
  ],
  [
    'the reply to a cancellation',
    wire.CancelWorkflowResponseSchema,
    operations.cancel.reply,
    cancel,
  ],
  ['the reply to a failure', wire.FailAttemptResponseSchema, operations.failAttempt.reply, fail],
  ['the reply to questions', wire.AskQuestionsResponseSchema, operations.ask.reply, ask],
  [
    'the reply to an answer',
    wire.AnswerQuestionResponseSchema,
    operations.answerQuestion.reply,
    answer,
  ],
  [
    'the reply to a decision',
    wire.DecideApprovalResponseSchema,
    operations.decideApproval.reply,
    approval,
  ],
  ['a claimed assignment', wire.ClaimAssignmentResponseSchema, operations.claim.reply, claimed],
  ['a status', wire.WorkflowStatusSchema, operations.status.view, status],
  ['a status with little in it', wire.WorkflowStatusSchema, operations.status.view, nothingYet],
  ['a workflow', wire.WorkflowSchema, operations.describeWorkflow.view, workflow],
  ['outputs alone', wire.WorkflowSchema, operations.describeWorkflow.view, outputsAlone],
  ['a plan', wire.RollbackPlanSchema, operations.planRollback.view, plan],
  ['a handoff', wire.HandoffSchema, operations.history.view, handoff],
  [
    'the last handoff',
    wire.HandoffSchema,
    operations.history.view,
    { ...handoff, toRole: undefined },
  ],
  ['an event', wire.WorkflowEventSchema, operations.watch.event, event],
  ['progress', wire.ProgressSchema, operations.watch.progress, progress],
  ['statistics', wire.ProjectStatsSchema, operations.projectStats.view, stats],
  ['a day', wire.ProjectDaySchema, operations.projectHistory.day, day],
  ['usage', wire.UsageRowSchema, operations.usage.row, usageRow],
  ['work', wire.AvailableWorkSchema, operations.listClaimable.view, work],
  ['an artifact', wire.ArtifactSchema, operations.listArtifacts.view, artifact],
  ['one of no tree', wire.ArtifactSchema, operations.listArtifacts.view, ofNoTree],
  ['a caller', wire.CallerSchema, operations.describeCaller.view, caller],
  ['a definition', wire.DefinitionSchema, operations.describeDefinition.view, definition],
  [
    'a version of a definition',
    wire.DefinitionVersionSchema,
    operations.listDefinitions.view,
    definitionVersion,
  ],
];
