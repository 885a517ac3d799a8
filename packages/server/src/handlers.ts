import { BatonError, type Orchestrator } from '@baton/core';
import type { AssignmentService, WorkflowService } from '@baton/proto';
import type {
  DescMethodServerStreaming,
  DescMethodUnary,
  DescService,
  MessageShape,
} from '@bufbuild/protobuf';
import { fromAvailableWork } from './convert/assignment.ts';
import { fromDefinition } from './convert/definition.ts';
import {
  fromAnswerReply,
  fromApprovalReply,
  toAnswerQuestion,
  toDecideApproval,
} from './convert/people.ts';
import {
  fromAdvance,
  fromAsk,
  fromClaimed,
  fromFailAttempt,
  fromRequestRetry,
  fromRollback,
  fromStart,
} from './convert/replies.ts';
import {
  toAsk,
  toClaim,
  toFailAttempt,
  toListClaimable,
  toRenewClaim,
  toReportProgress,
} from './convert/reports.ts';
import {
  toAdvance,
  toDefinition,
  toList,
  toPage,
  toRequestRetry,
  toRollback,
  toStart,
  toWatch,
} from './convert/requests.ts';
import { fromProjectStats, fromStatus } from './convert/views.ts';
import type { Connection } from './load/connection.ts';
import { historyPage, workflowPage } from './pages.ts';
import { watchItems } from './watch-items.ts';

/** What a handler may know of the call, whichever binding it came through. */
export interface CallContext {
  /** Aborts when the caller is gone, at its deadline, and, for streams, when the server stops. */
  readonly signal: AbortSignal;
  /** What the call came over, where it is known. */
  readonly connection?: Connection | undefined;
}

type Handler<M> =
  M extends DescMethodUnary<infer I, infer O>
    ? (request: MessageShape<I>, context: CallContext) => Promise<MessageShape<O>>
    : M extends DescMethodServerStreaming<infer I, infer O>
      ? (request: MessageShape<I>, context: CallContext) => AsyncIterable<MessageShape<O>>
      : never;

/** A handler for every method of a service. */
type ServiceHandlers<S extends DescService> = {
  readonly [K in keyof S['method']]: Handler<S['method'][K]>;
};

export interface Handlers {
  readonly workflow: ServiceHandlers<typeof WorkflowService>;
  readonly assignment: ServiceHandlers<typeof AssignmentService>;
}

/** The one set of handlers behind every binding. They throw BatonErrors. */
export function createHandlers(
  orchestrator: Orchestrator,
  { heartbeatMs }: { readonly heartbeatMs: number },
): Handlers {
  return {
    workflow: {
      startWorkflow: async (request) => fromStart(await orchestrator.start(toStart(request))),
      advanceWorkflow: async (request) =>
        fromAdvance(await orchestrator.advance(toAdvance(request))),
      getWorkflowStatus: async ({ workflowId }) => ({
        $typeName: 'baton.v1.GetWorkflowStatusResponse',
        status: fromStatus(await orchestrator.status({ workflowId })),
      }),
      requestRetry: async (request) =>
        fromRequestRetry(await orchestrator.requestRetry(toRequestRetry(request))),
      getWorkflowHistory: async (request) => {
        const page = await historyPage(orchestrator, toPage(request));
        return { $typeName: 'baton.v1.GetWorkflowHistoryResponse', ...page };
      },
      rollbackWorkflow: async (request) =>
        fromRollback(await orchestrator.rollback(toRollback(request))),
      answerQuestion: async (request) =>
        fromAnswerReply(await orchestrator.answerQuestion(toAnswerQuestion(request))),
      decideApproval: async (request) =>
        fromApprovalReply(await orchestrator.decideApproval(toDecideApproval(request))),
      getProjectStats: async ({ projectId }) => ({
        $typeName: 'baton.v1.GetProjectStatsResponse',
        stats: fromProjectStats(await orchestrator.projectStats({ projectId })),
      }),
      listWorkflows: async (request) => {
        const page = await workflowPage(orchestrator, toList(request));
        return { $typeName: 'baton.v1.ListWorkflowsResponse', ...page };
      },
      async *watchWorkflow(request, { signal }) {
        const { includeProgress } = request;
        const options = { includeProgress, heartbeatMs };
        yield* watchItems(orchestrator, toWatch(request), options, signal);
        // Core ends an aborted watch in silence: the caller must not take it for the end.
        if (signal.aborted) throw BatonError.from(signal.reason);
      },
      getDefinition: async (request) => ({
        $typeName: 'baton.v1.GetDefinitionResponse',
        definition: fromDefinition(orchestrator.describeDefinition(toDefinition(request))),
      }),
    },
    assignment: {
      listClaimable: async (request) => {
        const work = await orchestrator.listClaimable(toListClaimable(request));
        return { $typeName: 'baton.v1.ListClaimableResponse', work: work.map(fromAvailableWork) };
      },
      claimAssignment: async (request) => fromClaimed(await orchestrator.claim(toClaim(request))),
      renewClaim: async (request) => ({
        $typeName: 'baton.v1.RenewClaimResponse',
        renewed: await orchestrator.renewClaim(toRenewClaim(request)),
      }),
      failAttempt: async (request) =>
        fromFailAttempt(await orchestrator.failAttempt(toFailAttempt(request))),
      askQuestions: async (request) => fromAsk(await orchestrator.ask(toAsk(request))),
      reportProgress: async (request) => {
        await orchestrator.reportProgress(toReportProgress(request));
        return { $typeName: 'baton.v1.ReportProgressResponse' };
      },
    },
  };
}
