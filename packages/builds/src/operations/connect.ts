import { resolve } from 'node:path';
import { type Redact, redactDeep } from '@baton/adapters/secrets';
import type { BatonClient, ClientOptions } from '@baton/client';
import { BatonError, type WorkflowDefinition } from '@baton/core';
import { createApprovalTokens } from '../approval/approval-tokens.ts';
import { guardedOperations } from '../approval/guarded-operations.ts';
import type { Caller } from '../caller.ts';
import { createRunRecords } from '../run/run-records.ts';
import { repositoryOf } from '../state/baton-folder.ts';
import { openEmbedded } from '../state/open-embedded.ts';
import { commandLines } from '../text/command-lines.ts';
import type { Operations } from './operations.ts';

/** Says where the state of the builds is. */
export interface Where {
  readonly server?: string | undefined;
  readonly workspace?: string | undefined;
  /** The approval token of a build here. Default: `BATON_APPROVAL_TOKEN`. */
  readonly token?: string | undefined;
}

export interface Connection {
  readonly operations: Operations;
  /**
   * Checks that only Baton has written the data of a workflow, from its first event on. A connection to a
   * server checks nothing: the server does that itself.
   *
   * @throws BatonError `data_loss` that names what another program changed.
   */
  verify(workflowId: string): Promise<void>;
  close(): Promise<void>;
}

/** The server that a command uses: the one that it names, or `BATON_SERVER`, or none. */
export function serverOf(
  { server, workspace }: Where,
  { env }: Pick<Caller, 'env'>,
): string | undefined {
  // A command that names only a workspace means the state in that workspace.
  return server ?? (workspace === undefined ? env['BATON_SERVER'] || undefined : undefined);
}

/**
 * A client of a server, loaded on demand, because gRPC loads slowly.
 *
 * @param server its address: `http` or `https` for Connect, `grpc` or `grpcs` for gRPC.
 * @param env whose `BATON_TOKEN`, an API key or a token, shows who calls.
 * @throws BatonError `invalid_input` for another address.
 */
export async function clientOf(
  server: string,
  env: Caller['env'],
  telemetry?: ClientOptions['telemetry'],
): Promise<BatonClient> {
  const address = addressOf(server);
  const { createBatonClient } = await import('@baton/client');
  const token = env['BATON_TOKEN'] || undefined;
  return createBatonClient({ ...address, token, telemetry });
}

/**
 * Opens the operations on a server.
 *
 * @throws BatonError `invalid_input` for an address that is none.
 */
export async function connectToServer(
  server: string,
  env: Caller['env'],
  telemetry?: ClientOptions['telemetry'],
): Promise<Connection> {
  const client = await clientOf(server, env, telemetry);
  return { operations: client, verify: async () => undefined, close: async () => client.close() };
}

/**
 * Opens the operations at the place that a command's options name.
 *
 * @param definition of the workflows in this process; a server has its own. Default: the build
 * definition.
 * @throws BatonError `not_found` when there is no state database in the workspace.
 */
export async function connect(
  where: Where,
  caller: Caller,
  definition?: WorkflowDefinition,
): Promise<Connection> {
  const server = serverOf(where, caller);
  if (server !== undefined) return connectToServer(server, caller.env);
  const { env } = caller;
  const workspace = repositoryOf(resolve(caller.cwd, where.workspace ?? '.'));
  const embedded = await openEmbedded({ workspace, create: false, env, definition });
  const { orchestrator, store, folder, key, close } = embedded;
  const shell = commandLines(caller, workspace);
  const records = createRunRecords(folder.runs);
  const operations = guardedOperations(orchestrator, {
    store,
    tokens: createApprovalTokens(folder.seals, key),
    token: where.token ?? (env['BATON_APPROVAL_TOKEN'] || undefined),
    wasRun: (workflowId) => records.all().some((one) => one.workflowId === workflowId),
    showing: (workflowId) => shell.command(`token ${workflowId}${shell.state}`),
  });
  return { operations, verify: (workflowId) => store.verify(workflowId), close };
}

/** What an address begins with, and how its server is called. */
const SCHEMES: readonly (readonly [scheme: string, protocol: 'connect' | 'grpc', http: string])[] =
  [
    ['http://', 'connect', 'http://'],
    ['https://', 'connect', 'https://'],
    ['grpc://', 'grpc', 'http://'],
    ['grpcs://', 'grpc', 'https://'],
  ];

function addressOf(server: string): Pick<ClientOptions, 'baseUrl' | 'protocol'> {
  const found = SCHEMES.find(([scheme]) => server.toLowerCase().startsWith(scheme));
  if (found !== undefined && URL.canParse(server)) {
    const [scheme, protocol, http] = found;
    return { baseUrl: `${http}${server.slice(scheme.length)}`, protocol };
  }
  const description = `found '${server}'; expected an address such as http://127.0.0.1:7481`;
  throw new BatonError('invalid_input', `--server (or BATON_SERVER): ${description}`, {
    violations: [{ field: '--server', description }],
  });
}

/** The same operations; what people say in changes is masked before it is kept anywhere. */
export function maskedOperations(operations: Operations, redact: Redact): Operations {
  const masked = <T extends object, K extends keyof T>(request: T, ...names: readonly K[]): T => {
    const said = names.filter((name) => request[name] !== undefined);
    const entries = said.map((name) => [name, redactDeep(redact, request[name])]);
    return { ...request, ...Object.fromEntries(entries) };
  };
  return {
    ...operations,
    start: (request) => operations.start(masked(request, 'requirements', 'metadata')),
    advance: (request) => operations.advance(masked(request, 'result', 'notes')),
    requestRetry: (request) =>
      operations.requestRetry(masked(request, 'reason', 'details', 'notes')),
    rollback: (request) => operations.rollback(masked(request, 'reason')),
    cancel: (request) => operations.cancel(masked(request, 'reason')),
    answerQuestion: (request) => operations.answerQuestion(masked(request, 'answer')),
    decideApproval: (request) => operations.decideApproval(masked(request, 'reason')),
  };
}
