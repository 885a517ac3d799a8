import type { DefinitionRequest, WorkflowRequest } from '@baton/core/api';
import { BatonError } from '@baton/core/errors';
import {
  AnswerQuestionRequestSchema,
  AssignmentService,
  DecideApprovalRequestSchema,
  GetDefinitionRequestSchema,
  GetProjectStatsRequestSchema,
  GetWorkflowHistoryRequestSchema,
  GetWorkflowStatusRequestSchema,
  ListClaimableRequestSchema,
  ListWorkflowsRequestSchema,
  ReportProgressRequestSchema,
  RollbackWorkflowRequestSchema,
  WorkflowService,
} from '@baton/proto';
import type { Message } from '@bufbuild/protobuf';
import { type CallOptions, createClient, type Transport } from '@connectrpc/connect';
import type { BatonClient } from './baton-client.ts';
import type { CallSettings } from './client-options.ts';
import { toAvailableWork, toClaimed } from './convert/from-assignment.ts';
import { toDefinition } from './convert/from-definition.ts';
import { toHandoff, toStats, toStatus } from './convert/from-message.ts';
import {
  toAdvanceReply,
  toAnswerReply,
  toApprovalReply,
  toAskReply,
  toFailAttemptReply,
  toRetryReply,
  toRollbackReply,
  toStartReply,
} from './convert/from-reply.ts';
import {
  toAdvance,
  toAsk,
  toClaim,
  toFailAttempt,
  toMessage,
  toRenewClaim,
  toRequestRetry,
  toStart,
} from './convert/to-message.ts';
import { repeat } from './repeat.ts';
import { waitFor } from './wait-for.ts';
import { watch } from './watch.ts';

interface Sending {
  readonly retries?: number;
  readonly signal?: AbortSignal | undefined;
}

/** What a transport that keeps connections can be told. */
export interface Connections {
  close(): void;
  /** Leaves those that are open, for they are dead; the next call makes another. */
  reconnect(): void;
}

/** fetch keeps its own. */
const NO_CONNECTIONS: Connections = { close() {}, reconnect() {} };

/** The client over any transport. */
export function createClientOver(
  transport: Transport,
  settings: CallSettings,
  { close, reconnect }: Connections = NO_CONNECTIONS,
): BatonClient {
  const workflows = createClient(WorkflowService, transport);
  const assignments = createClient(AssignmentService, transport);
  const closing = new AbortController();
  // A message is made once, with its request id, and sent as often as it takes.
  const send = <M extends Message, R>(
    message: M,
    call: (message: M, options: CallOptions) => Promise<R>,
    { retries = settings.retries, signal }: Sending = {},
  ) => {
    const ended = signal === undefined ? closing.signal : AbortSignal.any([closing.signal, signal]);
    const repetition = { ...settings, retries, signal: ended, request: message.$typeName };
    const options = { timeoutMs: settings.timeoutMs, signal: ended };
    return repeat(repetition, () => call(message, options));
  };
  const status = async (request: WorkflowRequest, signal?: AbortSignal) => {
    const message = toMessage(GetWorkflowStatusRequestSchema, request);
    const reply = await send(message, workflows.getWorkflowStatus, { signal });
    return toStatus(present(reply.status));
  };
  const describeDefinition = async (request: DefinitionRequest, signal?: AbortSignal) => {
    const message = toMessage(GetDefinitionRequestSchema, request);
    const { definition } = await send(message, workflows.getDefinition, { signal });
    return toDefinition(present(definition));
  };

  const over = { workflows, settings, closed: closing.signal, reconnect };
  const client: BatonClient = {
    start: async (request) =>
      toStartReply(await send(toStart(identified(request)), workflows.startWorkflow)),
    advance: async (request) =>
      toAdvanceReply(await send(toAdvance(identified(request)), workflows.advanceWorkflow)),
    status: (request) => status(request),
    requestRetry: async (request) =>
      toRetryReply(await send(toRequestRetry(identified(request)), workflows.requestRetry)),
    answerQuestion: async (request) => {
      const message = toMessage(AnswerQuestionRequestSchema, identified(request));
      return toAnswerReply(await send(message, workflows.answerQuestion));
    },
    decideApproval: async (request) => {
      const message = toMessage(DecideApprovalRequestSchema, identified(request));
      return toApprovalReply(await send(message, workflows.decideApproval));
    },
    history: async (request) => {
      const message = toMessage(GetWorkflowHistoryRequestSchema, request);
      const { handoffs, nextPageToken } = await send(message, workflows.getWorkflowHistory);
      return { handoffs: handoffs.map(toHandoff), nextPageToken };
    },
    rollback: async (request) => {
      const message = toMessage(RollbackWorkflowRequestSchema, identified(request));
      return toRollbackReply(await send(message, workflows.rollbackWorkflow));
    },
    projectStats: async (request) => {
      const message = toMessage(GetProjectStatsRequestSchema, request);
      const { stats } = await send(message, workflows.getProjectStats);
      return toStats(present(stats));
    },
    list: async (request) => {
      const message = toMessage(ListWorkflowsRequestSchema, request);
      const page = await send(message, workflows.listWorkflows);
      return { workflows: page.workflows.map(toStatus), nextPageToken: page.nextPageToken };
    },
    describeDefinition: (request) => describeDefinition(request),
    watch: (request, signal, onProgress) => watch(over, request, signal, onProgress),
    waitFor: (workflowId, state, wait) =>
      waitFor({ status, watch: client.watch, describeDefinition }, workflowId, state, wait),
    listClaimable: async (request) => {
      const message = toMessage(ListClaimableRequestSchema, request);
      return (await send(message, assignments.listClaimable)).work.map(toAvailableWork);
    },
    claim: async (request) => {
      // The token is this call's idempotency key: claiming twice with one is one claim.
      const message = toClaim({ ...request, token: request.token ?? crypto.randomUUID() });
      return toClaimed(await send(message, assignments.claimAssignment));
    },
    renewClaim: async (request) =>
      (await send(toRenewClaim(request), assignments.renewClaim)).renewed,
    failAttempt: async (request) =>
      toFailAttemptReply(await send(toFailAttempt(identified(request)), assignments.failAttempt)),
    ask: async (request) =>
      toAskReply(await send(toAsk(identified(request)), assignments.askQuestions)),
    reportProgress: async (request) => {
      const message = toMessage(ReportProgressRequestSchema, request);
      await send(message, assignments.reportProgress, { retries: 0 });
    },
    close() {
      closing.abort(new BatonError('cancelled', 'the client was closed'));
      close();
    },
  };
  return client;
}

function identified<T extends { readonly requestId?: string | undefined }>(request: T): T {
  return { ...request, requestId: request.requestId ?? crypto.randomUUID() };
}

function present<T>(field: T | undefined): T {
  if (field !== undefined) return field;
  throw new BatonError('internal', 'the server left out what was asked for');
}
