import type { ScenarioResult, WorkerTestOptions } from '@baton/builds/conformance';
import { argvOf, oneLine } from '@baton/builds/internal';
import { BatonError } from '@baton/core';
import { Argument, type Command, Option } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import { table } from '../output/table.ts';
import type { Terminal } from '../output/terminal.ts';
import { interruptible } from './interruptible.ts';
import { createCommand, positiveNumber, terminalOf, wholeNumber } from './operation-command.ts';

interface ConformanceOptions {
  readonly command?: string;
  readonly server?: string;
  readonly roles?: string;
  readonly only?: string;
  readonly timeout: number;
  readonly grace: number;
  readonly concurrency: number;
  readonly json?: true;
}

const EXAMPLES = `
baton conformance worker --command "python3 my_worker.py"
baton conformance worker --command ./go-worker --roles code_writer --only heartbeat,withdrawal --json
baton conformance worker --server http://127.0.0.1:7481

With --command it starts the worker for each scenario against a server of its own, whose address the worker
reads from BATON_SERVER (HTTP) or BATON_GRPC_SERVER (gRPC). BATON_ROLES has the roles to offer,
BATON_LEASE_SECONDS the lease to claim for (3, or what it is in your environment). The worker does what requirements.conformance asks of each phase:
it works for workSeconds, then reports answer.

With --server it runs the scenarios that need no failing server (normal, heartbeat, refused-outcome) with
workers that are connected to that server. The others are reported as not run.

With a failed scenario it ends with exit code 9.`;

const STYLES = {
  passed: 'green',
  failed: 'red',
  not_applicable: 'yellow',
  not_run: 'yellow',
} as const satisfies Record<ScenarioResult['verdict'], string>;

/** Of the last words of a worker. */
const SEEN_CHARACTERS = 400;

export function conformanceCommand(context: CommandContext): Command {
  return createCommand(context, 'conformance', EXAMPLES)
    .addArgument(new Argument('<what>', 'what to test').choices(['worker']))
    .option('--command <line>', 'the program of the worker and its arguments; no shell runs it')
    .addOption(
      new Option('--server <url>', 'a server that workers are connected to').conflicts('command'),
    )
    .option('--roles <names>', 'roles that the worker performs, with commas (default: all five)')
    .option('--only <scenarios>', 'names of scenarios, with commas (default: all)')
    .option('--timeout <seconds>', 'for each scenario', positiveNumber, 60)
    .option('--grace <seconds>', 'for the worker to end after SIGTERM', positiveNumber, 30)
    .option('--concurrency <n>', 'scenarios at once, each with its own worker', wholeNumber, 1)
    .action(async (_what: string, options: ConformanceOptions) => {
      const terminal = terminalOf(context, options.json);
      const { testWorker } = await import('@baton/builds/conformance');
      const results = await interruptible(context, (signal) =>
        testWorker({ ...testOptions(context, options, terminal), signal }),
      );
      if (terminal.json) terminal.document({ results });
      else for (const line of lines(results, terminal)) terminal.write(`${line}\n`);
      if (results.some(({ verdict }) => verdict === 'failed')) context.exit(EXIT.notConforming);
    });
}

function testOptions(
  { cwd, env }: CommandContext,
  { command, server, roles, only, timeout, grace, concurrency }: ConformanceOptions,
  terminal: Terminal,
): WorkerTestOptions {
  return {
    ...{ worker: workerOf(command, server), cwd, env, concurrency },
    ...{ roles: roles?.split(','), only: only?.split(',') },
    ...{ timeoutMs: timeout * 1000, graceMs: grace * 1000 },
    onResult({ scenario, verdict }) {
      if (!terminal.json) terminal.note(`${scenario}: ${words(verdict)}`);
    },
  };
}

function workerOf(
  command: string | undefined,
  server: string | undefined,
): WorkerTestOptions['worker'] {
  if (command !== undefined) return { argv: argvOf(command) };
  if (server !== undefined) return { server };
  throw new BatonError(
    'invalid_input',
    'name the worker: --command with the program that it is, or --server with a server that workers are connected to',
  );
}

function lines(results: readonly ScenarioResult[], terminal: Terminal): readonly string[] {
  const rows = results.map(({ scenario, verdict, seen, expected }) => [
    scenario,
    terminal.style(STYLES[verdict], words(verdict)),
    oneLine(seen, SEEN_CHARACTERS),
    expected,
  ]);
  const counted = Object.keys(STYLES).flatMap((verdict) => {
    const count = results.filter((one) => one.verdict === verdict).length;
    return count === 0 ? [] : [`${count} ${words(verdict)}`];
  });
  const headings = ['SCENARIO', 'VERDICT', 'SEEN', 'EXPECTED'];
  return [...table(headings, rows, terminal.room), '', counted.join(', ')];
}

function words(verdict: string): string {
  return verdict.replaceAll('_', ' ');
}
