import { BatonError, type Orchestrator } from '@baton/core';
import { countWithdrawn } from '@baton/core/internal';
import type { ArtifactService, AssignmentService, WorkflowService } from '@baton/proto';
import {
  advance,
  answerQuestion,
  ask,
  describeCaller as callerOnWire,
  cancel,
  claim,
  decideApproval,
  describeDefinition,
  describeWorkflow,
  failAttempt,
  history,
  list,
  listClaimable,
  listDefinitions,
  listProjects,
  planRollback,
  pollWork,
  projectHistory,
  projectStats,
  renewClaim,
  renewClaims,
  reportProgress,
  requestRetry,
  rollback,
  start,
  status,
  takeWork,
  usage,
  watch,
} from '@baton/wire';
import { describeCaller } from './access/describe-caller.ts';
import type { Guard } from './access/guard.ts';
import { type ArtifactsServed, createArtifactHandlers } from './artifact-handlers.ts';
import { historyPage, workflowPage } from './pages.ts';
import type { CallContext, ServiceHandlers } from './service-handlers.ts';
import { takenWork } from './taken-work.ts';
import { watchItems } from './watch-items.ts';

export interface Handlers {
  readonly workflow: ServiceHandlers<typeof WorkflowService>;
  readonly assignment: ServiceHandlers<typeof AssignmentService>;
  readonly artifact: ServiceHandlers<typeof ArtifactService>;
}

export interface HandlerOptions {
  readonly guard: Guard;
  readonly heartbeatMs: number;
  /** Aborts when the server stops: what only waits then ends. */
  readonly stopping: AbortSignal;
  readonly artifacts: ArtifactsServed;
}

/** The one set of handlers behind every binding. They throw BatonErrors. */
export function createHandlers({
  guard,
  heartbeatMs,
  stopping,
  artifacts,
}: HandlerOptions): Handlers {
  /** A method that answers once, with the operations that its caller may use. */
  function admitted<I, O>(
    handle: (baton: Orchestrator, request: I, context: CallContext) => Promise<O>,
  ) {
    return async (request: I, context: CallContext): Promise<O> => {
      const { operations } = await guard.admit(context);
      return handle(operations, request, context);
    };
  }

  /** A method that answers with a stream, until its caller leaves or is not admitted any more. */
  function admittedStream<I, O>(
    handle: (baton: Orchestrator, request: I, signal: AbortSignal) => AsyncIterable<O>,
  ) {
    return async function* (request: I, context: CallContext): AsyncGenerator<O, void, undefined> {
      const { operations, signal, leave } = await guard.admitStream(context);
      try {
        yield* handle(operations, request, signal);
        // Core ends an aborted stream in silence: the caller must not take it for the end.
        if (signal.aborted) throw BatonError.from(signal.reason);
      } finally {
        leave();
      }
    };
  }

  return {
    workflow: {
      startWorkflow: admitted(async (baton, request) =>
        start.reply.encode(await baton.start(start.request.decode(request))),
      ),
      advanceWorkflow: admitted(async (baton, request) =>
        advance.reply.encode(await baton.advance(advance.request.decode(request))),
      ),
      getWorkflowStatus: admitted(async (baton, request) => ({
        $typeName: 'baton.v1.GetWorkflowStatusResponse',
        status: status.view.encode(await baton.status(status.request.decode(request))),
      })),
      getWorkflow: admitted(async (baton, request) => ({
        $typeName: 'baton.v1.GetWorkflowResponse',
        workflow: describeWorkflow.view.encode(
          await baton.describeWorkflow(describeWorkflow.request.decode(request)),
        ),
      })),
      requestRetry: admitted(async (baton, request) =>
        requestRetry.reply.encode(await baton.requestRetry(requestRetry.request.decode(request))),
      ),
      getWorkflowHistory: admitted(async (baton, request) => {
        const page = await historyPage(baton, history.request.decode(request));
        return { $typeName: 'baton.v1.GetWorkflowHistoryResponse', ...page };
      }),
      rollbackWorkflow: admitted(async (baton, request) =>
        rollback.reply.encode(await baton.rollback(rollback.request.decode(request))),
      ),
      cancelWorkflow: admitted(async (baton, request) =>
        cancel.reply.encode(await baton.cancel(cancel.request.decode(request))),
      ),
      async planRollback(request, context) {
        const { operations, artifacts } = await guard.admit(context);
        const plan = await operations.planRollback(planRollback.request.decode(request));
        const withArtifacts = artifacts ? await countWithdrawn(artifacts, plan) : plan;
        return {
          $typeName: 'baton.v1.PlanRollbackResponse',
          plan: planRollback.view.encode(withArtifacts),
        };
      },
      answerQuestion: admitted(async (baton, request) =>
        answerQuestion.reply.encode(
          await baton.answerQuestion(answerQuestion.request.decode(request)),
        ),
      ),
      decideApproval: admitted(async (baton, request) =>
        decideApproval.reply.encode(
          await baton.decideApproval(decideApproval.request.decode(request)),
        ),
      ),
      listProjects: admitted(async (baton, request) => {
        const page = await baton.listProjects(listProjects.request.decode(request));
        return {
          $typeName: 'baton.v1.ListProjectsResponse',
          projectIds: [...page.projectIds],
          nextPageToken: page.nextPageToken,
        };
      }),
      getProjectStats: admitted(async (baton, request) => ({
        $typeName: 'baton.v1.GetProjectStatsResponse',
        stats: projectStats.view.encode(
          await baton.projectStats(projectStats.request.decode(request)),
        ),
      })),
      getUsage: admitted(async (baton, request) => {
        const page = await baton.usage(usage.request.decode(request));
        return {
          $typeName: 'baton.v1.GetUsageResponse',
          rows: page.rows.map(usage.row.encode),
          nextPageToken: page.nextPageToken,
        };
      }),
      getProjectHistory: admitted(async (baton, request) => {
        const days = await baton.projectHistory(projectHistory.request.decode(request));
        return {
          $typeName: 'baton.v1.GetProjectHistoryResponse',
          days: days.map(projectHistory.day.encode),
        };
      }),
      listWorkflows: admitted(async (baton, request) => {
        const page = await workflowPage(baton, list.request.decode(request));
        return { $typeName: 'baton.v1.ListWorkflowsResponse', ...page };
      }),
      watchWorkflow: admittedStream((baton, request, signal) => {
        const { includeProgress } = request;
        const options = { includeProgress, heartbeatMs };
        return watchItems(baton, watch.request.decode(request), options, signal);
      }),
      async getCaller(_, context) {
        const { caller } = await guard.admit(context);
        return {
          $typeName: 'baton.v1.GetCallerResponse',
          caller: callerOnWire.view.encode(describeCaller(caller)),
        };
      },
      getDefinition: admitted(async (baton, request) => ({
        $typeName: 'baton.v1.GetDefinitionResponse',
        definition: describeDefinition.view.encode(
          baton.describeDefinition(describeDefinition.request.decode(request)),
        ),
      })),
      listDefinitions: admitted(async (baton) => ({
        $typeName: 'baton.v1.ListDefinitionsResponse',
        definitions: baton.listDefinitions().map(listDefinitions.view.encode),
      })),
    },
    assignment: {
      listClaimable: admitted(async (baton, request) => {
        const work = await baton.listClaimable(listClaimable.request.decode(request));
        return {
          $typeName: 'baton.v1.ListClaimableResponse',
          work: work.map(listClaimable.view.encode),
        };
      }),
      takeWork: admittedStream((baton, request, signal) =>
        takenWork(baton, takeWork.request.decode(request), heartbeatMs, signal),
      ),
      async pollWork(request, context) {
        const { operations, signal, leave } = await guard.admitStream(context);
        try {
          const ending = AbortSignal.any([signal, stopping]);
          const work = await operations.pollWork(pollWork.request.decode(request), ending);
          // Its caller is there, and is not admitted any more.
          if (signal.aborted && !context.signal.aborted) throw BatonError.from(signal.reason);
          return { $typeName: 'baton.v1.PollWorkResponse', work: work.map(pollWork.view.encode) };
        } finally {
          leave();
        }
      },
      renewClaims: admitted(async (baton, request) => {
        const renewed = await baton.renewClaims(renewClaims.request.decode(request));
        return { $typeName: 'baton.v1.RenewClaimsResponse', renewed: [...renewed] };
      }),
      claimAssignment: admitted(async (baton, request) =>
        claim.reply.encode(await baton.claim(claim.request.decode(request))),
      ),
      renewClaim: admitted(async (baton, request) => ({
        $typeName: 'baton.v1.RenewClaimResponse',
        renewed: await baton.renewClaim(renewClaim.request.decode(request)),
      })),
      failAttempt: admitted(async (baton, request) =>
        failAttempt.reply.encode(await baton.failAttempt(failAttempt.request.decode(request))),
      ),
      askQuestions: admitted(async (baton, request) =>
        ask.reply.encode(await baton.ask(ask.request.decode(request))),
      ),
      reportProgress: admitted(async (baton, request) => {
        await baton.reportProgress(reportProgress.request.decode(request));
        return { $typeName: 'baton.v1.ReportProgressResponse' };
      }),
    },
    artifact: createArtifactHandlers(artifacts),
  };
}
