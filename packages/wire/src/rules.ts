/** How a message differs from core's object beyond what its descriptor tells. */
export interface MessageRules {
  /** What core calls fields, by what the message calls them. */
  readonly names?: Readonly<Record<string, string>>;
  /** Fields whose members core keeps in the object itself. */
  readonly inlined?: readonly string[];
  /** Lists, maps and texts that core leaves out when they are empty. */
  readonly absentWhenEmpty?: readonly string[];
  /** Fields that the object does not have when its `kind` is this one. */
  readonly notOfKind?: Readonly<Record<string, string>>;
  /** Core leaves out what has no value; by default its key is there, and `undefined`. */
  readonly sparse?: true;
  /** Fields that core's object does not have. */
  readonly notInCore?: readonly string[];
}

const AT = { timestamp: 'at' };
const TAKING = { absentWhenEmpty: ['takeNext'] };
const OF_PROJECTS = { absentWhenEmpty: ['projectIds'] };
const PAGED = { absentWhenEmpty: ['pageToken'] };

/** By the message's name, without its package. A message that is not here needs no rule. */
export const RULES: Readonly<Record<string, MessageRules>> = {
  StartWorkflowRequest: TAKING,
  AdvanceWorkflowRequest: TAKING,
  RequestRetryRequest: { ...TAKING, names: { requestedBy: 'by' } },
  // With the claim's token where core has it: see `operations.ts`.
  StartWorkflowResponse: { notInCore: ['next'] },
  AdvanceWorkflowResponse: { notInCore: ['next'] },
  RequestRetryResponse: { notInCore: ['next'] },
  RollbackWorkflowRequest: { names: { rolledBackBy: 'by' } },
  CancelWorkflowRequest: { names: { cancelledBy: 'by' } },
  AnswerQuestionRequest: { names: { answeredBy: 'by' } },
  DecideApprovalRequest: { names: { decidedBy: 'by' } },
  RollbackWorkflowResponse: { names: { rolledBackAt: 'at' } },
  CancelWorkflowResponse: { names: { cancelledAt: 'at' } },
  ClaimAssignmentRequest: { names: { claimToken: 'token' } },
  RenewClaimRequest: { names: { claimToken: 'token' } },
  ClaimOffer: { ...OF_PROJECTS, names: { claimToken: 'token' } },
  ListClaimableRequest: OF_PROJECTS,
  HeldClaim: { names: { claimToken: 'token' } },
  GetWorkflowHistoryRequest: PAGED,
  ListWorkflowsRequest: { absentWhenEmpty: ['pageToken', 'projectIds'] },
  ListProjectsRequest: { absentWhenEmpty: ['pageToken', 'projectIds'] },
  GetUsageRequest: PAGED,
  ListArtifactsRequest: PAGED,
  ReadArtifactRequest: { names: { fromByte: 'from', toByte: 'to' } },
  Artifact: { sparse: true },
  WatchWorkflowRequest: { notInCore: ['includeProgress'] },
  NewQuestion: { absentWhenEmpty: ['choices'], sparse: true },
  Principal: { sparse: true },
  Claim: { sparse: true },
  Allowance: { sparse: true },
  Budget: { sparse: true },
  Budgets: { absentWhenEmpty: ['phases'], sparse: true },
  PhaseUsage: { inlined: ['usage'] },
  UsageRow: { inlined: ['usage'] },
  Awaiting: { notOfKind: { approvers: 'answers' }, sparse: true },
  Handoff: { names: AT },
  WorkflowEvent: { names: AT },
  Progress: { names: { reportedAt: 'at' } },
  Failure: { names: { failedAt: 'at', cancelledBy: 'by' } },
  Feedback: { names: { sentBackAt: 'at' } },
  Answer: { names: { answeredAt: 'at' } },
  Definition: { names: { initialState: 'initial' } },
};
