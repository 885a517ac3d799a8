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
  CallerDescription,
  CancelReply,
  CancelRequest,
  ClaimedAssignment,
  ClaimRequest,
  DecideApprovalRequest,
  DefinitionDescription,
  DefinitionRequest,
  DefinitionVersion,
  DescribeWorkflowRequest,
  FailAttemptReply,
  FailAttemptRequest,
  Handoff,
  ListArtifactsRequest,
  ListClaimableRequest,
  ListProjectsRequest,
  ListRequest,
  PageRequest,
  PlanRollbackRequest,
  PollWorkRequest,
  Progress,
  ProjectDay,
  ProjectHistoryRequest,
  ProjectRequest,
  ProjectStats,
  ReadArtifactRequest,
  RenewClaimRequest,
  RenewClaimsRequest,
  ReportProgressRequest,
  RequestRetryReply,
  RequestRetryRequest,
  RollbackPlan,
  RollbackReply,
  RollbackRequest,
  StartReply,
  StartRequest,
  TakenWork,
  TakeWorkRequest,
  UsageRequest,
  UsageRow,
  WatchRequest,
  WorkflowDescription,
  WorkflowEvent,
  WorkflowRequest,
  WorkflowStatus,
} from '@baton/core/api';
import { BatonError } from '@baton/core/errors';
import * as wire from '@baton/proto';
import { type Mapping, mapping } from './mapping.ts';

/** What each operation takes and answers. Where an answer only wraps a view, the view is mapped. */

const ownClaim = mapping<Omit<ClaimedAssignment['claim'], 'token'>>()(wire.ClaimSchema);
const assignment = mapping<ClaimedAssignment['assignment']>()(wire.AssignmentSchema);

/** The token is a field of its own: a status shows the claim without it. */
const claimed = {
  encode: ({ claim, assignment: work }: ClaimedAssignment): wire.ClaimedAssignment => ({
    $typeName: 'baton.v1.ClaimedAssignment',
    claimToken: claim.token,
    claim: ownClaim.encode(claim),
    assignment: assignment.encode(work),
  }),
  decode: (
    message: Pick<wire.ClaimedAssignment, 'claimToken' | 'claim' | 'assignment'>,
  ): ClaimedAssignment => ({
    claim: { ...ownClaim.decode(present(message.claim)), token: message.claimToken },
    assignment: assignment.decode(present(message.assignment)),
  }),
};

interface Taking {
  readonly next?: ClaimedAssignment;
}

/** The reply to a request that may have taken what comes next. */
function taking<T extends Taking, M extends { next?: wire.ClaimedAssignment | undefined }>(
  reply: Mapping<T, M>,
): Pick<Mapping<T, M>, 'encode' | 'decode'> {
  return {
    encode: (object) => {
      const message = reply.encode(object);
      if (object.next !== undefined) message.next = claimed.encode(object.next);
      return message;
    },
    decode: (message) => {
      const { next } = message;
      const object = reply.decode(message);
      return next === undefined ? object : { ...object, next: claimed.decode(next) };
    },
  };
}

export const start = {
  request: mapping<StartRequest>()(wire.StartWorkflowRequestSchema),
  reply: taking(mapping<StartReply>()(wire.StartWorkflowResponseSchema)),
};

export const advance = {
  request: mapping<AdvanceRequest>()(wire.AdvanceWorkflowRequestSchema),
  reply: taking(mapping<AdvanceReply>()(wire.AdvanceWorkflowResponseSchema)),
};

export const requestRetry = {
  request: mapping<RequestRetryRequest>()(wire.RequestRetryRequestSchema),
  reply: taking(mapping<RequestRetryReply>()(wire.RequestRetryResponseSchema)),
};

export const rollback = {
  request: mapping<RollbackRequest>()(wire.RollbackWorkflowRequestSchema),
  reply: mapping<RollbackReply>()(wire.RollbackWorkflowResponseSchema),
};

export const planRollback = {
  request: mapping<PlanRollbackRequest>()(wire.PlanRollbackRequestSchema),
  view: mapping<RollbackPlan>()(wire.RollbackPlanSchema),
};

export const cancel = {
  request: mapping<CancelRequest>()(wire.CancelWorkflowRequestSchema),
  reply: mapping<CancelReply>()(wire.CancelWorkflowResponseSchema),
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

export const describeWorkflow = {
  request: mapping<DescribeWorkflowRequest>()(wire.GetWorkflowRequestSchema),
  view: mapping<WorkflowDescription>()(wire.WorkflowSchema),
};

export const history = {
  request: mapping<PageRequest>()(wire.GetWorkflowHistoryRequestSchema),
  view: mapping<Handoff>()(wire.HandoffSchema),
};

export const list = {
  request: mapping<ListRequest>()(wire.ListWorkflowsRequestSchema),
  view: status.view,
};

export const listProjects = {
  request: mapping<ListProjectsRequest>()(wire.ListProjectsRequestSchema),
};

export const projectStats = {
  request: mapping<ProjectRequest>()(wire.GetProjectStatsRequestSchema),
  view: mapping<ProjectStats>()(wire.ProjectStatsSchema),
};

export const usage = {
  request: mapping<UsageRequest>()(wire.GetUsageRequestSchema),
  row: mapping<UsageRow>()(wire.UsageRowSchema),
};

export const projectHistory = {
  request: mapping<ProjectHistoryRequest>()(wire.GetProjectHistoryRequestSchema),
  day: mapping<ProjectDay>()(wire.ProjectDaySchema),
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

export const listDefinitions = {
  view: mapping<DefinitionVersion>()(wire.DefinitionVersionSchema),
};

export const describeCaller = {
  view: mapping<CallerDescription>()(wire.CallerSchema),
};

export const listClaimable = {
  request: mapping<ListClaimableRequest>()(wire.ListClaimableRequestSchema),
  view: mapping<AvailableWork>()(wire.AvailableWorkSchema),
};

export const claim = {
  request: mapping<ClaimRequest>()(wire.ClaimAssignmentRequestSchema),
  reply: {
    encode: (taken: ClaimedAssignment): wire.ClaimAssignmentResponse => ({
      ...claimed.encode(taken),
      $typeName: 'baton.v1.ClaimAssignmentResponse',
    }),
    decode: (message: wire.ClaimAssignmentResponse): ClaimedAssignment => claimed.decode(message),
  },
};

export const takeWork = {
  request: mapping<TakeWorkRequest>()(wire.TakeWorkRequestSchema),
  item: {
    /** Undefined for what is not told over a wire. */
    encode(taken: TakenWork): wire.TakeWorkResponse | undefined {
      const $typeName = 'baton.v1.TakeWorkResponse';
      switch (taken.kind) {
        case 'assignment':
          return { $typeName, assignment: claimed.encode(taken) };
        case 'withdrawn': {
          const { workflowId, claimToken } = taken;
          return {
            $typeName,
            withdrawn: { $typeName: 'baton.v1.HeldClaim', workflowId, claimToken },
          };
        }
        case 'trouble':
          return undefined;
      }
    },
    /** Undefined for a sign that the connection is alive. */
    decode({ assignment, withdrawn }: wire.TakeWorkResponse): TakenWork | undefined {
      if (assignment !== undefined) return { kind: 'assignment', ...claimed.decode(assignment) };
      if (withdrawn === undefined) return undefined;
      const { workflowId, claimToken } = withdrawn;
      return { kind: 'withdrawn', workflowId, claimToken };
    },
  },
};

export const pollWork = {
  request: mapping<PollWorkRequest>()(wire.PollWorkRequestSchema),
  view: claimed,
};

export const renewClaim = {
  request: mapping<RenewClaimRequest>()(wire.RenewClaimRequestSchema),
};

export const renewClaims = {
  request: mapping<RenewClaimsRequest>()(wire.RenewClaimsRequestSchema),
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
