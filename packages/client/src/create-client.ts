import { BatonError } from '@baton/core/errors';
import {
  AdvanceWorkflowRequestSchema,
  AssignmentService,
  GetDefinitionRequestSchema,
  GetWorkflowHistoryRequestSchema,
  ListClaimableRequestSchema,
  ListWorkflowsRequestSchema,
  RequestRetryRequestSchema,
  RollbackWorkflowRequestSchema,
  WorkflowService,
} from '@baton/proto';
import { createClient, type Transport } from '@connectrpc/connect';
import type { BatonClient } from './baton-client.ts';
import type { CallSettings } from './client-options.ts';
import { toClaimed, toDefinition, toHandoff, toStats, toStatus } from './convert/from-message.ts';
import {
  toAdvanceReply,
  toAvailableWork,
  toFailAttemptReply,
  toRetryReply,
  toRollbackReply,
  toStartReply,
} from './convert/from-reply.ts';
import { toClaim, toFailAttempt, toMessage, toRenewClaim, toStart } from './convert/to-message.ts';
import { repeat } from './repeat.ts';
import { waitFor } from './wait-for.ts';
import { watch } from './watch.ts';

/** The client over any transport. */
export function createClientOver(
  transport: Transport,
  settings: CallSettings,
  close: () => void = () => undefined,
): BatonClient {
  const workflows = createClient(WorkflowService, transport);
  const assignments = createClient(AssignmentService, transport);
  const options = { timeoutMs: settings.timeoutMs };
  // A message is made once, with its request id, and sent as often as it takes.
  const send = <M, R>(message: M, call: (message: M, o: typeof options) => Promise<R>) =>
    repeat(settings, () => call(message, options));

  const client: BatonClient = {
    start: async (request) =>
      toStartReply(await send(toStart(identified(request)), workflows.startWorkflow)),
    advance: async (request) => {
      const message = toMessage(AdvanceWorkflowRequestSchema, identified(request));
      return toAdvanceReply(await send(message, workflows.advanceWorkflow));
    },
    status: async ({ workflowId }) => {
      const { status } = await send({ workflowId }, workflows.getWorkflowStatus);
      return toStatus(present(status));
    },
    requestRetry: async (request) => {
      const message = toMessage(RequestRetryRequestSchema, identified(request));
      return toRetryReply(await send(message, workflows.requestRetry));
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
    projectStats: async ({ projectId }) => {
      const { stats } = await send({ projectId }, workflows.getProjectStats);
      return toStats(present(stats));
    },
    list: async (request) => {
      const message = toMessage(ListWorkflowsRequestSchema, request);
      const page = await send(message, workflows.listWorkflows);
      return { workflows: page.workflows.map(toStatus), nextPageToken: page.nextPageToken };
    },
    describeDefinition: async (request) => {
      const message = toMessage(GetDefinitionRequestSchema, request);
      const { definition } = await send(message, workflows.getDefinition);
      return toDefinition(present(definition));
    },
    watch: (request, signal) => watch(workflows, settings, request, signal),
    waitFor: (workflowId, state, wait) => waitFor(client, workflowId, state, wait),
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
    close,
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
