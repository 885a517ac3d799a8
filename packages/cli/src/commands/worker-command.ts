import { type StartedWorker, startWorker } from '@baton/builds';
import { BatonError } from '@baton/core';
import { openTelemetry } from '@baton/telemetry/tracing';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import { createWorkerView } from '../output/create-worker-view.ts';
import type { WorkerView } from '../output/worker-view.ts';
import { createCommand, terminalOf } from './operation-command.ts';
import { port, startingOf, type WorkerArguments, withWorkerArguments } from './worker-arguments.ts';

interface WorkerCommandOptions extends WorkerArguments {
  readonly server?: string;
  readonly healthPort?: number;
  readonly healthHost?: string;
  readonly json?: true;
}

const EXAMPLES = `
baton worker --server http://127.0.0.1:7481 --workspace ~/shop
baton worker --server grpc://127.0.0.1:7480 --workspace ~/shop --roles code_writer,test_auditor
baton worker --workspace ~/shop --concurrency code_writer=2,test_auditor=1 --grace 5m
baton worker --workspace ~/shop --health-port 9090 --json

It takes work of its roles from a server and performs it in git worktrees of the repository, by the
configuration there. SIGTERM or Ctrl-C drains it: it takes no more, finishes what it holds within the
grace time, and gives back what is left, so that another worker takes it at once. A second signal gives
it back at once. It ends with exit code 0 when it has drained, and 130 after a second signal. While the
server is away, it asks again until it is back.`;

export function workerCommand(context: CommandContext): Command {
  const command = createCommand(context, 'worker', EXAMPLES).option(
    '--server <url>',
    'the server that gives work: http(s)://… or grpc(s)://… (default: BATON_SERVER)',
  );
  return withWorkerArguments(command)
    .option(
      '--health-port <n>',
      'serve /health/ready and /health/live there, 0 for any free port',
      port,
    )
    .option('--health-host <address>', 'the address for it (default: 127.0.0.1)')
    .action(async (options: WorkerCommandOptions) => {
      const { healthPort, healthHost, grace, json } = options;
      if (healthHost !== undefined && healthPort === undefined) {
        throw invalid('--health-host', '--health-host: goes with --health-port only');
      }
      const view = createWorkerView(terminalOf(context, json));
      const server = serverIn(options.server ?? context.env['BATON_SERVER']);
      const { env, cwd, invocation, maskErrors } = context;
      const tracing = await openTelemetry(env, 'baton-worker');
      const worker = await startWorker({
        ...{ env, cwd, invocation, maskErrors, server, observer: view },
        ...startingOf(options),
        telemetry: tracing?.telemetry,
        health: healthPort === undefined ? undefined : { port: healthPort, host: healthHost },
      });
      // Who reads that it works may tell it to stop.
      const ended = drained(context, worker, grace, view);
      view.started(worker, server);
      await ended;
      await tracing?.close();
    });
}

function serverIn(server: string | undefined): string {
  if (server) return server;
  const description =
    'found nothing; expected the address of a server, such as http://127.0.0.1:7481';
  throw invalid('--server', `--server (or BATON_SERVER): ${description}`);
}

function invalid(field: string, message: string): BatonError {
  return new BatonError('invalid_input', message, {
    violations: [{ field, description: message.slice(message.indexOf(': ') + 2) }],
  });
}

/** Resolves when the worker has stopped: told once it drains, told twice it gives back at once. */
function drained(
  context: CommandContext,
  worker: StartedWorker,
  graceMs: number,
  view: WorkerView,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let told = 0;
    const forget = context.onInterrupt(() => {
      told++;
      if (told > 2) context.leave(EXIT.interrupted);
      if (told === 2) {
        view.stopping();
        context.exit(EXIT.interrupted);
        void worker.stop();
        return;
      }
      view.draining(graceMs);
      worker
        .drain(graceMs)
        .then(() => view.stopped())
        .then(resolve, reject)
        .finally(forget);
    });
  });
}
