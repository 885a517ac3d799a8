import { resolve } from 'node:path';
import { invalidEnvironment } from '@baton/builds/internal';
import { BatonError } from '@baton/core';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import { createCommand, print, terminalOf } from './operation-command.ts';

interface ServeOptions {
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

What it runs on comes from the environment, as for baton-server; --settings says of each variable what
it may be, and its default: BATON_HOST, BATON_GRPC_PORT, BATON_HTTP_PORT, BATON_TLS_CERT, BATON_TLS_KEY,
CORS_ORIGINS, ALLOWED_HOSTS, BATON_HEARTBEAT_SECONDS, BATON_DRAIN_SECONDS, BATON_MAX_CONNECTIONS,
BATON_MAX_CONNECTIONS_PER_ADDRESS, BATON_MAX_REQUESTS, BATON_MAX_REQUESTS_PER_CONNECTION,
BATON_MAX_STREAMS_PER_CONNECTION, BATON_MAX_WATCHES, BATON_MAX_WATCHES_PER_CONNECTION,
BATON_MAX_HELD_BYTES, BATON_IDLE_SECONDS, BATON_REQUEST_SECONDS, BATON_REPLY_SECONDS, DATABASE_URL (else
REDIS_URL), ARTIFACTS_URL, ARTIFACTS_RETENTION, ARTIFACTS_MAX_BYTES, WORKFLOW_TIMEOUT, WORKFLOW_RETENTION, WORKFLOW_MAX_RETRIES, WORKFLOW_POLICIES, LOG_LEVEL.
Options win over it.`;

export function serveCommand(context: CommandContext): Command {
  return createCommand(context, 'serve', EXAMPLES)
    .option('--host <address>', 'the address to listen on (BATON_HOST)')
    .option('--port <n>', 'for HTTP, 0 for any free one (BATON_HTTP_PORT)')
    .option('--grpc-port <n>', 'for gRPC, 0 for any free one (BATON_GRPC_PORT)')
    .option('--database <url>', 'sqlite:<path>, postgres://…, redis://… or memory: (DATABASE_URL)')
    .option('--policies <file>', 'approvals, separations, budgets, definitions (WORKFLOW_POLICIES)')
    .option('--settings', 'says which variables of the environment there are, and ends')
    .action(async (options: ServeOptions) => {
      const { host, port, grpcPort, database, policies, json } = options;
      const terminal = terminalOf(context, json);
      if (options.settings) {
        const { settings, settingsText } = await import('@baton/server');
        print(terminal, { settings: settings() }, () => [settingsText()]);
        return;
      }
      const server = await start({
        ...context.env,
        ...(host !== undefined && { BATON_HOST: host }),
        ...(port !== undefined && { BATON_HTTP_PORT: port }),
        ...(grpcPort !== undefined && { BATON_GRPC_PORT: grpcPort }),
        ...(database !== undefined && { DATABASE_URL: database }),
        ...(policies !== undefined && { WORKFLOW_POLICIES: resolve(context.cwd, policies) }),
      });
      if (json) {
        const { host, grpcPort, httpPort } = server;
        terminal.document({ host, grpcPort, httpPort, pid: process.pid });
      } else terminal.line(server.summary);
      await stopped(context, server, (text) => terminal.note(text));
    });
}

/** The server is loaded when needed: no other command has to wait for it. */
async function start(env: CommandContext['env']) {
  const { ConfigError, serve } = await import('@baton/server');
  try {
    return await serve(env);
  } catch (reason) {
    if (BatonError.is(reason)) throw reason;
    if (reason instanceof ConfigError) throw invalidEnvironment(reason);
    const message = reason instanceof Error ? reason.message : String(reason);
    throw new BatonError('unavailable', `the server cannot start: ${message}`, { cause: reason });
  }
}

/** Resolves when the server has stopped, which it does at the first interrupt. */
function stopped(
  context: CommandContext,
  server: { stop(): Promise<void> },
  note: (text: string) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let stopping = false;
    const forget = context.onInterrupt(() => {
      if (stopping) context.leave(EXIT.interrupted);
      stopping = true;
      note('stopping: requests under way may end (once more to leave at once)');
      server.stop().then(resolve, reject).finally(forget);
    });
  });
}
