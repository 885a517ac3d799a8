import type { DefinitionRequest, WorkflowRequest } from '@baton/core/api';
import { BatonError } from '@baton/core/errors';
import {
  ArtifactService,
  AssignmentService,
  GetCallerRequestSchema,
  ListDefinitionsRequestSchema,
  WorkflowService,
} from '@baton/proto';
import * as wire from '@baton/wire';
import { create, type Message } from '@bufbuild/protobuf';
import { type CallOptions, createClient, type Transport } from '@connectrpc/connect';
import type { BatonClient } from './baton-client.ts';
import type { CallSettings } from './client-options.ts';
import { readArtifact } from './read-artifact.ts';
import { repeat } from './repeat.ts';
import { takeWork } from './take-work.ts';
import { waitFor } from './wait-for.ts';
import { watch } from './watch.ts';

interface Sending {
  readonly retries?: number;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number;
}

/** How long a server waits for work to come, if it is not told. */
const USUAL_WAIT_MS = 20_000;

interface Repeatable {
  readonly requestId?: string | undefined;
}

/** How a change is asked for, and answered. */
interface Change<T, M, N, R> {
  readonly request: Pick<wire.Mapping<T, M>, 'encodeChecked'>;
  readonly reply: Pick<wire.Mapping<R, N>, 'decode'>;
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
  const artifacts = createClient(ArtifactService, transport);
  const closing = new AbortController();
  // A message is made once, with its request id, and sent as often as it takes.
  const send = <M extends Message, R>(
    message: M,
    call: (message: M, options: CallOptions) => Promise<R>,
    { retries = settings.retries, signal, timeoutMs = settings.timeoutMs }: Sending = {},
  ) => {
    const ended = signal === undefined ? closing.signal : AbortSignal.any([closing.signal, signal]);
    const repetition = { ...settings, retries, signal: ended, request: message.$typeName };
    const traceparent = settings.telemetry?.active();
    const headers = traceparent === undefined ? undefined : { traceparent };
    const options = { timeoutMs, signal: ended, ...(headers && { headers }) };
    return repeat(repetition, () => call(message, options));
  };
  const status = async (request: WorkflowRequest, signal?: AbortSignal) => {
    const message = wire.status.request.encodeChecked(request);
    const reply = await send(message, workflows.getWorkflowStatus, { signal });
    return wire.status.view.decode(present(reply.status));
  };
  const describeDefinition = async (request: DefinitionRequest, signal?: AbortSignal) => {
    const message = wire.describeDefinition.request.encodeChecked(request);
    const { definition } = await send(message, workflows.getDefinition, { signal });
    return wire.describeDefinition.view.decode(present(definition));
  };
  /** A change: it carries a request id, so that repeating it cannot make it twice. */
  const change =
    <T extends Repeatable, M extends Message, N, R>(
      { request, reply }: Change<T, M, N, R>,
      call: (message: M, options: CallOptions) => Promise<N>,
    ) =>
    async (asked: T): Promise<R> => {
      const requestId = asked.requestId ?? crypto.randomUUID();
      return reply.decode(await send(request.encodeChecked({ ...asked, requestId }), call));
    };

  const over = { workflows, assignments, artifacts, settings, closed: closing.signal, reconnect };
  const client: BatonClient = {
    start: change(wire.start, workflows.startWorkflow),
    advance: change(wire.advance, workflows.advanceWorkflow),
    status: (request) => status(request),
    describeWorkflow: async (request) => {
      const message = wire.describeWorkflow.request.encodeChecked(request);
      const { workflow } = await send(message, workflows.getWorkflow);
      return wire.describeWorkflow.view.decode(present(workflow));
    },
    requestRetry: change(wire.requestRetry, workflows.requestRetry),
    answerQuestion: change(wire.answerQuestion, workflows.answerQuestion),
    decideApproval: change(wire.decideApproval, workflows.decideApproval),
    history: async (request) => {
      const message = wire.history.request.encodeChecked(request);
      const page = await send(message, workflows.getWorkflowHistory);
      const handoffs = page.handoffs.map(wire.history.view.decode);
      return { handoffs, nextPageToken: page.nextPageToken };
    },
    rollback: change(wire.rollback, workflows.rollbackWorkflow),
    cancel: change(wire.cancel, workflows.cancelWorkflow),
    planRollback: async (request) => {
      const message = wire.planRollback.request.encodeChecked(request);
      const { plan } = await send(message, workflows.planRollback);
      return wire.planRollback.view.decode(present(plan));
    },
    listProjects: async (request) => {
      const message = wire.listProjects.request.encodeChecked(request);
      const page = await send(message, workflows.listProjects);
      return { projectIds: page.projectIds, nextPageToken: page.nextPageToken };
    },
    projectStats: async (request) => {
      const message = wire.projectStats.request.encodeChecked(request);
      const { stats } = await send(message, workflows.getProjectStats);
      return wire.projectStats.view.decode(present(stats));
    },
    usage: async (request) => {
      const page = await send(wire.usage.request.encodeChecked(request), workflows.getUsage);
      return { rows: page.rows.map(wire.usage.row.decode), nextPageToken: page.nextPageToken };
    },
    projectHistory: async (request) => {
      const message = wire.projectHistory.request.encodeChecked(request);
      const { days } = await send(message, workflows.getProjectHistory);
      return days.map(wire.projectHistory.day.decode);
    },
    list: async (request) => {
      const page = await send(wire.list.request.encodeChecked(request), workflows.listWorkflows);
      const found = page.workflows.map(wire.list.view.decode);
      return { workflows: found, nextPageToken: page.nextPageToken };
    },
    describeDefinition: (request) => describeDefinition(request),
    listDefinitions: async () => {
      const { definitions } = await send(
        create(ListDefinitionsRequestSchema),
        workflows.listDefinitions,
      );
      return definitions.map(wire.listDefinitions.view.decode);
    },
    describeCaller: async () => {
      const message = create(GetCallerRequestSchema);
      const { caller } = await send(message, workflows.getCaller);
      return wire.describeCaller.view.decode(present(caller));
    },
    watch: (request, signal, onProgress) => watch(over, request, signal, onProgress),
    waitFor: (workflowId, state, wait) =>
      waitFor({ status, watch: client.watch, describeDefinition }, workflowId, state, wait),
    listClaimable: async (request) => {
      const message = wire.listClaimable.request.encodeChecked(request);
      const { work } = await send(message, assignments.listClaimable);
      return work.map(wire.listClaimable.view.decode);
    },
    claim: async (request) => {
      // The token is this call's idempotency key: claiming twice with one is one claim.
      const token = request.token ?? crypto.randomUUID();
      const message = wire.claim.request.encodeChecked({ ...request, token });
      return wire.claim.reply.decode(await send(message, assignments.claimAssignment));
    },
    takeWork: (request, signal, onOpen) => takeWork(over, request, signal, onOpen),
    pollWork: async (request, signal) => {
      const message = wire.pollWork.request.encodeChecked(request);
      // It answers when there is work: the server needs that time, and the usual one to answer. What is lost
      // with an answer is given back with its lease, so that it is not asked for again here.
      const timeoutMs = settings.timeoutMs + (request.waitMs ?? USUAL_WAIT_MS);
      const { work } = await send(message, assignments.pollWork, { retries: 0, signal, timeoutMs });
      return work.map(wire.pollWork.view.decode);
    },
    renewClaims: async (request) => {
      const message = wire.renewClaims.request.encodeChecked(request);
      return (await send(message, assignments.renewClaims)).renewed;
    },
    renewClaim: async (request) => {
      const message = wire.renewClaim.request.encodeChecked(request);
      return (await send(message, assignments.renewClaim)).renewed;
    },
    failAttempt: change(wire.failAttempt, assignments.failAttempt),
    ask: change(wire.ask, assignments.askQuestions),
    reportProgress: async (request) => {
      const message = wire.reportProgress.request.encodeChecked(request);
      await send(message, assignments.reportProgress, { retries: 0 });
    },
    listArtifacts: async (request) => {
      const message = wire.listArtifacts.request.encodeChecked(request);
      const page = await send(message, artifacts.listArtifacts);
      const found = page.artifacts.map(wire.listArtifacts.view.decode);
      return { artifacts: found, nextPageToken: page.nextPageToken };
    },
    getArtifact: async (request) => {
      const message = wire.getArtifact.request.encodeChecked(request);
      const { artifact } = await send(message, artifacts.getArtifact);
      return wire.getArtifact.view.decode(present(artifact));
    },
    readArtifact: (request, signal) => readArtifact(over, request, signal),
    close() {
      closing.abort(new BatonError('cancelled', 'the client was closed'));
      close();
    },
  };
  return client;
}

function present<T>(field: T | undefined): T {
  if (field !== undefined) return field;
  throw new BatonError('internal', 'the server left out what was asked for');
}
