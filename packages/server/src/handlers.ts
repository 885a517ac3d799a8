import { BatonError, type Orchestrator } from '@baton/core';
import type { ArtifactService, AssignmentService, WorkflowService } from '@baton/proto';
import {
  advance,
  answerQuestion,
  ask,
  claim,
  decideApproval,
  describeDefinition,
  failAttempt,
  history,
  list,
  listClaimable,
  pollWork,
  projectStats,
  renewClaim,
  renewClaims,
  reportProgress,
  requestRetry,
  rollback,
  start,
  status,
  takeWork,
  watch,
} from '@baton/wire';
import { type ArtifactsServed, createArtifactHandlers } from './artifact-handlers.ts';
import { historyPage, workflowPage } from './pages.ts';
import type { ServiceHandlers } from './service-handlers.ts';
import { takenWork } from './taken-work.ts';
import { watchItems } from './watch-items.ts';

export interface Handlers {
  readonly workflow: ServiceHandlers<typeof WorkflowService>;
  readonly assignment: ServiceHandlers<typeof AssignmentService>;
  readonly artifact: ServiceHandlers<typeof ArtifactService>;
}

export interface HandlerOptions {
  readonly heartbeatMs: number;
  /** Aborts when the server stops: what only waits then ends. */
  readonly stopping: AbortSignal;
  readonly artifacts?: ArtifactsServed | undefined;
}

/** The one set of handlers behind every binding. They throw BatonErrors. */
export function createHandlers(
  baton: Orchestrator,
  { heartbeatMs, stopping, artifacts }: HandlerOptions,
): Handlers {
  return {
    workflow: {
      startWorkflow: async (request) =>
        start.reply.encode(await baton.start(start.request.decode(request))),
      advanceWorkflow: async (request) =>
        advance.reply.encode(await baton.advance(advance.request.decode(request))),
      getWorkflowStatus: async (request) => ({
        $typeName: 'baton.v1.GetWorkflowStatusResponse',
        status: status.view.encode(await baton.status(status.request.decode(request))),
      }),
      requestRetry: async (request) =>
        requestRetry.reply.encode(await baton.requestRetry(requestRetry.request.decode(request))),
      getWorkflowHistory: async (request) => {
        const page = await historyPage(baton, history.request.decode(request));
        return { $typeName: 'baton.v1.GetWorkflowHistoryResponse', ...page };
      },
      rollbackWorkflow: async (request) =>
        rollback.reply.encode(await baton.rollback(rollback.request.decode(request))),
      answerQuestion: async (request) =>
        answerQuestion.reply.encode(
          await baton.answerQuestion(answerQuestion.request.decode(request)),
        ),
      decideApproval: async (request) =>
        decideApproval.reply.encode(
          await baton.decideApproval(decideApproval.request.decode(request)),
        ),
      getProjectStats: async (request) => ({
        $typeName: 'baton.v1.GetProjectStatsResponse',
        stats: projectStats.view.encode(
          await baton.projectStats(projectStats.request.decode(request)),
        ),
      }),
      listWorkflows: async (request) => {
        const page = await workflowPage(baton, list.request.decode(request));
        return { $typeName: 'baton.v1.ListWorkflowsResponse', ...page };
      },
      async *watchWorkflow(request, { signal }) {
        const { includeProgress } = request;
        const options = { includeProgress, heartbeatMs };
        yield* watchItems(baton, watch.request.decode(request), options, signal);
        // Core ends an aborted watch in silence: the caller must not take it for the end.
        if (signal.aborted) throw BatonError.from(signal.reason);
      },
      getDefinition: async (request) => ({
        $typeName: 'baton.v1.GetDefinitionResponse',
        definition: describeDefinition.view.encode(
          baton.describeDefinition(describeDefinition.request.decode(request)),
        ),
      }),
    },
    assignment: {
      listClaimable: async (request) => {
        const work = await baton.listClaimable(listClaimable.request.decode(request));
        return {
          $typeName: 'baton.v1.ListClaimableResponse',
          work: work.map(listClaimable.view.encode),
        };
      },
      async *takeWork(request, { signal }) {
        yield* takenWork(baton, takeWork.request.decode(request), heartbeatMs, signal);
        if (signal.aborted) throw BatonError.from(signal.reason);
      },
      pollWork: async (request, { signal }) => {
        const ending = AbortSignal.any([signal, stopping]);
        const work = await baton.pollWork(pollWork.request.decode(request), ending);
        return { $typeName: 'baton.v1.PollWorkResponse', work: work.map(pollWork.view.encode) };
      },
      renewClaims: async (request) => {
        const renewed = await baton.renewClaims(renewClaims.request.decode(request));
        return { $typeName: 'baton.v1.RenewClaimsResponse', renewed: [...renewed] };
      },
      claimAssignment: async (request) =>
        claim.reply.encode(await baton.claim(claim.request.decode(request))),
      renewClaim: async (request) => ({
        $typeName: 'baton.v1.RenewClaimResponse',
        renewed: await baton.renewClaim(renewClaim.request.decode(request)),
      }),
      failAttempt: async (request) =>
        failAttempt.reply.encode(await baton.failAttempt(failAttempt.request.decode(request))),
      askQuestions: async (request) =>
        ask.reply.encode(await baton.ask(ask.request.decode(request))),
      reportProgress: async (request) => {
        await baton.reportProgress(reportProgress.request.decode(request));
        return { $typeName: 'baton.v1.ReportProgressResponse' };
      },
    },
    artifact: createArtifactHandlers(artifacts),
  };
}
