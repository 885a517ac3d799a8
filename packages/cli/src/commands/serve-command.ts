import { resolve } from 'node:path';
import { type StartedWorker, startWorker } from '@baton/builds';
import { duration, invalidEnvironment, serveDefaults } from '@baton/builds/internal';
import { BatonError } from '@baton/core';
import type { RunningServer, ServeDefaults } from '@baton/server';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import { createWorkerView } from '../output/create-worker-view.ts';
import type { WorkerView } from '../output/worker-view.ts';
import { createCommand, print, terminalOf } from './operation-command.ts';
import {
  startingOf,
  WORKER_ARGUMENTS,
  type WorkerArguments,
  withWorkerArguments,
} from './worker-arguments.ts';

interface ServeOptions extends WorkerArguments {
  readonly withWorker?: true;
  readonly host?: string;
  readonly port?: string;
  readonly grpcPort?: string;
  readonly database?: string;
  readonly policies?: string;
  readonly settings?: true;
  readonly json?: true;
}

const EXAMPLES = `
baton serve
baton serve --port 8080 --grpc-port 8081 --database sqlite:/var/lib/baton/baton.db
DATABASE_URL=postgres://baton@db/baton baton serve
DATABASE_URL=memory: baton serve --json
baton serve --policies /etc/baton/policies.json
baton serve --with-worker --workspace ~/shop --concurrency 2

What it runs on comes from the environment, as for baton-server; --settings says of each variable what
it may be, and its default: BATON_HOST, BATON_GRPC_PORT, BATON_HTTP_PORT, BATON_TLS_CERT, BATON_TLS_KEY,
BATON_ACCESS, CORS_ORIGINS, ALLOWED_HOSTS, BATON_HEARTBEAT_SECONDS, BATON_RETIRE_SECONDS, BATON_DRAIN_SECONDS, BATON_MAX_CONNECTIONS,
BATON_MAX_CONNECTIONS_PER_ADDRESS, BATON_MAX_REQUESTS, BATON_MAX_REQUESTS_PER_CONNECTION,
BATON_MAX_STREAMS_PER_CONNECTION, BATON_MAX_WATCHES, BATON_MAX_WATCHES_PER_CONNECTION,
BATON_MAX_HELD_BYTES, BATON_IDLE_SECONDS, BATON_REQUEST_SECONDS, BATON_REPLY_SECONDS, BATON_METRICS,
BATON_METRICS_PROJECTS, DATABASE_URL (else
REDIS_URL), ARTIFACTS_URL, ARTIFACTS_RETENTION, ARTIFACTS_MAX_BYTES, WORKFLOW_TIMEOUT, WORKFLOW_RETENTION, WORKFLOW_MAX_RETRIES, WORKFLOW_DEFINITION,
WORKFLOW_POLICIES, LOG_LEVEL.
Options win over it.

With --with-worker, it performs the builds that it serves as well, as the command worker does. Builds that name no
definition then end as the worker's configuration ends them, and artifacts are read where the worker keeps them, unless
WORKFLOW_DEFINITION and ARTIFACTS_URL say otherwise. Told to stop, its health checks say so first; then the worker
drains, and the server stops last.`;

export function serveCommand(context: CommandContext): Command {
  const command = createCommand(context, 'serve', EXAMPLES)
    .option('--host <address>', 'the address to listen on (BATON_HOST)')
    .option('--port <n>', 'for HTTP, 0 for any free one (BATON_HTTP_PORT)')
    .option('--grpc-port <n>', 'for gRPC, 0 for any free one (BATON_GRPC_PORT)')
    .option('--database <url>', 'sqlite:<path>, postgres://…, redis://… or memory: (DATABASE_URL)')
    .option('--policies <file>', 'approvals, separations, budgets, definitions (WORKFLOW_POLICIES)')
    .option('--settings', 'says which variables of the environment there are, and ends')
    .option('--with-worker', 'perform the builds as well; the options that follow are for that');
  return withWorkerArguments(command).action(async (options: ServeOptions) => {
    refuseAlone(command, options);
    const { host, port, grpcPort, database, policies, json } = options;
    const terminal = terminalOf(context, json);
    if (options.settings) {
      const { settings, settingsText } = await import('@baton/server');
      print(terminal, { settings: settings() }, () => [settingsText()]);
      return;
    }
    const defaults = options.withWorker && (await serveDefaults(options, context));
    const environment = {
      ...context.env,
      ...(host !== undefined && { BATON_HOST: host }),
      ...(port !== undefined && { BATON_HTTP_PORT: port }),
      ...(grpcPort !== undefined && { BATON_GRPC_PORT: grpcPort }),
      ...(database !== undefined && { DATABASE_URL: database }),
      ...(policies !== undefined && { WORKFLOW_POLICIES: resolve(context.cwd, policies) }),
    };
    const server = await start(environment, defaults);
    const view = createWorkerView(terminal);
    const starting = options.withWorker ? workerOf(context, server, options, view) : undefined;
    // Who reads that it serves may tell it to stop.
    const ended = stopped(context, { server, starting, graceMs: options.grace }, (text) =>
      terminal.note(text),
    );
    const worker = await starting;
    if (json) {
      const { host, grpcPort, httpPort } = server;
      terminal.document({ host, grpcPort, httpPort, pid: process.pid });
    } else terminal.line(server.summary);
    if (worker) view.started(worker, server.url);
    await ended;
  });
}

/** @throws BatonError for what is said of a worker where there is none. */
function refuseAlone(command: Command, { withWorker }: ServeOptions): void {
  if (withWorker) return;
  const alone = WORKER_ARGUMENTS.find((name) => command.getOptionValueSource(name) === 'cli');
  if (alone === undefined) return;
  const description = 'goes with --with-worker only';
  throw new BatonError('invalid_input', `--${alone}: ${description}`, {
    violations: [{ field: `--${alone}`, description }],
  });
}

async function workerOf(
  context: CommandContext,
  server: RunningServer,
  options: ServeOptions,
  view: WorkerView,
): Promise<StartedWorker> {
  const { env, cwd, invocation, maskErrors } = context;
  const { url, orchestrator } = server;
  try {
    return await startWorker({
      ...{ env, cwd, invocation, maskErrors, server: url, operations: orchestrator },
      ...startingOf(options),
      telemetry: server.telemetry,
      observer: view,
    });
  } catch (reason) {
    await server.stop();
    throw reason;
  }
}

/** The server is loaded when needed: no other command has to wait for it. */
async function start(env: CommandContext['env'], defaults: ServeDefaults | undefined) {
  const { ConfigError, serve } = await import('@baton/server');
  try {
    return await serve(env, defaults);
  } catch (reason) {
    await defaults?.artifacts?.store.close();
    if (BatonError.is(reason)) throw reason;
    if (reason instanceof ConfigError) throw invalidEnvironment(reason);
    const message = reason instanceof Error ? reason.message : String(reason);
    throw new BatonError('unavailable', `the server cannot start: ${message}`, { cause: reason });
  }
}

interface Ending {
  readonly server: RunningServer;
  /** Undefined: there is to be none. */
  readonly starting: Promise<StartedWorker> | undefined;
  readonly graceMs: number;
}

/**
 * Resolves when all has stopped, from the first interrupt on: callers are sent elsewhere, the worker drains, and the
 * server stops, which the worker reports to. With a worker, the second interrupt gives back what that holds.
 */
function stopped(
  context: CommandContext,
  { server, starting, graceMs }: Ending,
  note: (text: string) => void,
): Promise<void> {
  let worker: StartedWorker | undefined;
  return new Promise((resolve, reject) => {
    let told = 0;
    const end = async (): Promise<void> => {
      server.retire();
      await started;
      await worker?.drain(graceMs);
      await server.stop();
    };
    const forget = context.onInterrupt(() => {
      told++;
      if (told === 1) {
        note(
          starting === undefined
            ? 'stopping: requests under way may end (once more to leave at once)'
            : `draining: work under way has ${duration(graceMs)} (once more to give it back at once)`,
        );
        end().then(resolve, reject).finally(forget);
      } else if (told === 2 && worker !== undefined && worker.state !== 'stopped') {
        note('giving back what is left (once more to leave at once)');
        context.exit(EXIT.interrupted);
        void worker.stop();
      } else context.leave(EXIT.interrupted);
    });
    // Why there is no worker, the command says, and ends by itself.
    const started = starting?.then((one) => {
      worker = one;
    }, forget);
  });
}
