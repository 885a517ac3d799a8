import type {
  AdvanceReply,
  AdvanceRequest,
  AnswerQuestionRequest,
  AnswerReply,
  ApprovalReply,
  Artifact,
  ArtifactRequest,
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
  Handoff,
  ListArtifactsRequest,
  ListClaimableRequest,
  ListRequest,
  PageRequest,
  Progress,
  ProjectRequest,
  ProjectStats,
  ReadArtifactRequest,
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
  WorkflowRequest,
  WorkflowStatus,
} from '@baton/core/api';
import { BatonError } from '@baton/core/errors';
import * as wire from '@baton/proto';
import { mapping } from './mapping.ts';

/** What each operation takes and answers. Where an answer only wraps a view, the view is mapped. */

export const start = {
  request: mapping<StartRequest>()(wire.StartWorkflowRequestSchema),
  reply: mapping<StartReply>()(wire.StartWorkflowResponseSchema),
};

export const advance = {
  request: mapping<AdvanceRequest>()(wire.AdvanceWorkflowRequestSchema),
  reply: mapping<AdvanceReply>()(wire.AdvanceWorkflowResponseSchema),
};

export const requestRetry = {
  request: mapping<RequestRetryRequest>()(wire.RequestRetryRequestSchema),
  reply: mapping<RequestRetryReply>()(wire.RequestRetryResponseSchema),
};

export const rollback = {
  request: mapping<RollbackRequest>()(wire.RollbackWorkflowRequestSchema),
  reply: mapping<RollbackReply>()(wire.RollbackWorkflowResponseSchema),
};

export const answerQuestion = {
  request: mapping<AnswerQuestionRequest>()(wire.AnswerQuestionRequestSchema),
  reply: mapping<AnswerReply>()(wire.AnswerQuestionResponseSchema),
};

export const decideApproval = {
  request: mapping<DecideApprovalRequest>()(wire.DecideApprovalRequestSchema),
  reply: mapping<ApprovalReply>()(wire.DecideApprovalResponseSchema),
};

export const status = {
  request: mapping<WorkflowRequest>()(wire.GetWorkflowStatusRequestSchema),
  view: mapping<WorkflowStatus>()(wire.WorkflowStatusSchema),
};

export const history = {
  request: mapping<PageRequest>()(wire.GetWorkflowHistoryRequestSchema),
  view: mapping<Handoff>()(wire.HandoffSchema),
};

export const list = {
  request: mapping<ListRequest>()(wire.ListWorkflowsRequestSchema),
  view: status.view,
};

export const projectStats = {
  request: mapping<ProjectRequest>()(wire.GetProjectStatsRequestSchema),
  view: mapping<ProjectStats>()(wire.ProjectStatsSchema),
};

export const watch = {
  request: mapping<WatchRequest>()(wire.WatchWorkflowRequestSchema),
  event: mapping<WorkflowEvent>()(wire.WorkflowEventSchema),
  progress: mapping<Progress>()(wire.ProgressSchema),
};

export const describeDefinition = {
  request: mapping<DefinitionRequest>()(wire.GetDefinitionRequestSchema),
  view: mapping<DefinitionDescription>()(wire.DefinitionSchema),
};

export const listClaimable = {
  request: mapping<ListClaimableRequest>()(wire.ListClaimableRequestSchema),
  view: mapping<AvailableWork>()(wire.AvailableWorkSchema),
};

type OwnClaim = Omit<ClaimedAssignment['claim'], 'token'>;
const ownClaim = mapping<OwnClaim>()(wire.ClaimSchema);
const assignment = mapping<ClaimedAssignment['assignment']>()(wire.AssignmentSchema);

export const claim = {
  request: mapping<ClaimRequest>()(wire.ClaimAssignmentRequestSchema),
  /** The token is a field of its own: a status shows the claim without it. */
  reply: {
    encode: ({ claim, assignment: work }: ClaimedAssignment): wire.ClaimAssignmentResponse => ({
      $typeName: 'baton.v1.ClaimAssignmentResponse',
      claimToken: claim.token,
      claim: ownClaim.encode(claim),
      assignment: assignment.encode(work),
    }),
    decode: (message: wire.ClaimAssignmentResponse): ClaimedAssignment => ({
      claim: {
        ...ownClaim.decode(present(message.claim)),
        token: message.claimToken,
      },
      assignment: assignment.decode(present(message.assignment)),
    }),
  },
};

export const renewClaim = {
  request: mapping<RenewClaimRequest>()(wire.RenewClaimRequestSchema),
};

export const failAttempt = {
  request: mapping<FailAttemptRequest>()(wire.FailAttemptRequestSchema),
  reply: mapping<FailAttemptReply>()(wire.FailAttemptResponseSchema),
};

export const ask = {
  request: mapping<AskRequest>()(wire.AskQuestionsRequestSchema),
  reply: mapping<AskReply>()(wire.AskQuestionsResponseSchema),
};

export const reportProgress = {
  request: mapping<ReportProgressRequest>()(wire.ReportProgressRequestSchema),
};

export const listArtifacts = {
  request: mapping<ListArtifactsRequest>()(wire.ListArtifactsRequestSchema),
  view: mapping<Artifact>()(wire.ArtifactSchema),
};

export const getArtifact = {
  request: mapping<ArtifactRequest>()(wire.GetArtifactRequestSchema),
  view: listArtifacts.view,
};

export const readArtifact = {
  request: mapping<ReadArtifactRequest>()(wire.ReadArtifactRequestSchema),
};

function present<T>(part: T | undefined): T {
  if (part !== undefined) return part;
  throw new BatonError('internal', 'the server left out a part of its answer');
}
