import * as proto from '@baton/proto';
import type { DescMethod } from '@bufbuild/protobuf';

/** What a call is about: some workflow, and how it is known. */
export interface About {
  readonly projectId: string;
  readonly workflowId: string;
  /** A role of the build definition, and its claim. */
  readonly role: string;
  readonly worker: string;
  readonly user: string;
  /** Distinguishes builds. */
  readonly buildId: string;
}

/** What decides whether a call is let through. */
type Scope = 'workflow' | 'project' | 'own' | 'none';

/** One call of each method. */
export interface Call {
  readonly method: DescMethod;
  readonly request: (about: About) => object;
  /** What is another project's: not found; of `own`, an answer without it. */
  readonly scope: Scope;
  /** Whether the caller has to have the role. */
  readonly byRole: boolean;
  /** The permission that it needs; `any` of them will do. */
  readonly needs: 'any' | 'read' | 'start' | 'perform' | 'steer' | 'decide';
}

const { method: workflow } = proto.WorkflowService;
const { method: assignment } = proto.AssignmentService;
const { method: artifact } = proto.ArtifactService;

const LEASE = '30s';
const ofWorkflow = ({ workflowId }: About) => ({ workflowId });
const offer = ({ worker, role }: About) => ({ worker, roles: [role], lease: LEASE });
const claimOf = ({ workflowId }: About) => ({ workflowId, claimToken: 'none' });

/** Every method of every service: `calls.test.ts` looks that none is missing. Requests are JSON. */
export const CALLS: readonly Call[] = [
  {
    method: workflow.startWorkflow,
    request: ({ projectId, buildId, user }) => ({
      ...{ projectId, buildId, userId: user, requirements: { request: 'Build' } },
    }),
    ...{ scope: 'project', byRole: false, needs: 'start' },
  },
  {
    method: workflow.advanceWorkflow,
    request: ({ workflowId, role }) => ({ workflowId, role, completedState: 'testing' }),
    ...{ scope: 'workflow', byRole: true, needs: 'perform' },
  },
  read(workflow.getWorkflowStatus),
  read(workflow.getWorkflow),
  {
    method: workflow.requestRetry,
    request: ({ workflowId, user }) => ({ workflowId, reason: 'again', requestedBy: user }),
    ...{ scope: 'workflow', byRole: false, needs: 'steer' },
  },
  read(workflow.getWorkflowHistory),
  {
    method: workflow.rollbackWorkflow,
    request: ({ workflowId, user }) => ({
      ...{ workflowId, targetState: 'testing', reason: 'back', rolledBackBy: user },
    }),
    ...{ scope: 'workflow', byRole: false, needs: 'steer' },
  },
  {
    method: workflow.cancelWorkflow,
    request: ({ workflowId, user }) => ({ workflowId, reason: 'stop', cancelledBy: user }),
    ...{ scope: 'workflow', byRole: false, needs: 'steer' },
  },
  read(workflow.planRollback, { targetState: 'testing' }),
  {
    method: workflow.answerQuestion,
    request: ({ workflowId, user }) => ({
      ...{ workflowId, questionId: 'q', answer: 'yes', answeredBy: user },
    }),
    ...{ scope: 'workflow', byRole: false, needs: 'decide' },
  },
  {
    method: workflow.decideApproval,
    request: ({ workflowId, user }) => ({ workflowId, approved: true, decidedBy: user }),
    ...{ scope: 'workflow', byRole: false, needs: 'decide' },
  },
  {
    method: workflow.listProjects,
    request: () => ({}),
    ...{ scope: 'own', byRole: false, needs: 'read' },
  },
  {
    method: workflow.getProjectStats,
    request: ({ projectId }) => ({ projectId }),
    ...{ scope: 'project', byRole: false, needs: 'read' },
  },
  {
    method: workflow.getUsage,
    request: ({ projectId }) => ({ projectId, from: '2026-01-01', to: '2026-02-01' }),
    ...{ scope: 'project', byRole: false, needs: 'read' },
  },
  {
    method: workflow.getProjectHistory,
    request: ({ projectId }) => ({ projectId, from: '2026-01-01', to: '2026-02-01' }),
    ...{ scope: 'project', byRole: false, needs: 'read' },
  },
  {
    method: workflow.listWorkflows,
    request: () => ({}),
    ...{ scope: 'own', byRole: false, needs: 'read' },
  },
  {
    method: workflow.watchWorkflow,
    request: ({ workflowId }) => ({ workflowId, follow: false }),
    ...{ scope: 'workflow', byRole: false, needs: 'read' },
  },
  {
    method: workflow.getCaller,
    request: () => ({}),
    ...{ scope: 'none', byRole: false, needs: 'any' },
  },
  {
    method: workflow.getDefinition,
    request: () => ({}),
    ...{ scope: 'none', byRole: false, needs: 'any' },
  },
  {
    method: workflow.listDefinitions,
    request: () => ({}),
    ...{ scope: 'none', byRole: false, needs: 'any' },
  },
  {
    method: assignment.takeWork,
    request: (about) => ({ offers: [offer(about)], workflowId: about.workflowId }),
    ...{ scope: 'workflow', byRole: true, needs: 'perform' },
  },
  {
    method: assignment.pollWork,
    request: (about) => ({ offers: [offer(about)], wait: '0s' }),
    ...{ scope: 'own', byRole: true, needs: 'perform' },
  },
  {
    method: assignment.listClaimable,
    request: ({ role }) => ({ roles: [role] }),
    ...{ scope: 'own', byRole: true, needs: 'perform' },
  },
  {
    method: assignment.claimAssignment,
    request: (about) => ({ workflowId: about.workflowId, ...offer(about) }),
    ...{ scope: 'workflow', byRole: true, needs: 'perform' },
  },
  {
    method: assignment.renewClaim,
    request: (about) => ({ ...claimOf(about), lease: LEASE }),
    ...{ scope: 'own', byRole: false, needs: 'perform' },
  },
  {
    method: assignment.renewClaims,
    request: (about) => ({ claims: [claimOf(about)], lease: LEASE }),
    ...{ scope: 'own', byRole: false, needs: 'perform' },
  },
  {
    method: assignment.failAttempt,
    request: (about) => ({ ...claimOf(about), code: 'c', message: 'm', retryable: true }),
    ...{ scope: 'workflow', byRole: false, needs: 'perform' },
  },
  {
    method: assignment.askQuestions,
    request: (about) => ({ ...claimOf(about), questions: [{ text: 'Which?' }] }),
    ...{ scope: 'workflow', byRole: false, needs: 'perform' },
  },
  {
    method: assignment.reportProgress,
    request: (about) => ({ ...claimOf(about), messages: ['half'] }),
    ...{ scope: 'workflow', byRole: false, needs: 'perform' },
  },
  read(artifact.listArtifacts),
  read(artifact.getArtifact, { number: 1 }),
  read(artifact.readArtifact, { number: 1 }),
];

function read(method: DescMethod, more: object = {}): Call {
  return {
    method,
    request: (about) => ({ ...ofWorkflow(about), ...more }),
    ...{ scope: 'workflow', byRole: false, needs: 'read' },
  };
}
