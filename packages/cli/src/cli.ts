import { readFileSync } from 'node:fs';
import { createRedactor } from '@baton/adapters/secrets';
import { BatonError, type Redact } from '@baton/core';
import { CommanderError } from 'commander';
import type { CommandContext } from './command-context.ts';
import { EXIT, type ExitCode, exitCodeOf } from './exit-codes.ts';
import { createInterrupts } from './interrupts.ts';
import { readerGone } from './output/reader-gone.ts';
import { reportError } from './output/report-error.ts';
import { createProgram } from './program.ts';
import { uncaught } from './uncaught.ts';

/** Commands that only show something. All others go on with their work when nobody reads it. */
const LOOKING: ReadonlySet<string> = new Set([
  'status',
  'history',
  'stats',
  'list',
  'watch',
  'definition',
  'config-schema',
  'doctor',
]);

/** For stopping in order where nobody is there to insist; longer than a server drains by default. */
const PATIENCE_MS = 30_000;

const args = process.argv.slice(2);
let redact: Redact = createRedactor();
let endedBy: ExitCode | undefined;

const interrupts = createInterrupts(process, PATIENCE_MS, () =>
  process.exit(endedBy ?? EXIT.interrupted),
);

const context: CommandContext = {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  exit(code) {
    process.exitCode = endedBy ?? code;
  },
  leave: (code) => process.exit(endedBy ?? code),
  onInterrupt: interrupts.onInterrupt,
  interrupt: () => void process.kill(process.pid, 'SIGINT'),
  maskErrors(masking) {
    redact = masking;
  },
};

const { version } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
) as { version: string };

// A promise that a role of the user's forgets, most likely: Node would show all that the error says.
process.on('uncaughtException', (reason) => {
  endedBy = EXIT.internal;
  context.exit(EXIT.internal);
  reportError(process.stderr, uncaught(reason), {
    json: args.includes('--json'),
    debug: false,
    redact,
  });
  if (!interrupts.stop()) process.exit();
});

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (!readerGone(error, stream)) throw error;
    if (LOOKING.has(args[0] ?? '')) process.exit(EXIT.ok);
  });
}

try {
  const program = createProgram(context, version);
  await program.parseAsync(args.length === 0 ? ['--help'] : args, { from: 'user' });
} catch (reason) {
  context.exit(fail(reason));
}

function fail(reason: unknown): ExitCode {
  if (reason instanceof CommanderError && reason.exitCode === 0) return EXIT.ok;
  const error =
    reason instanceof CommanderError
      ? new BatonError('invalid_input', `${wrongUsage(reason)}; see --help`)
      : BatonError.from(reason);
  const json = args.includes('--json');
  reportError(process.stderr, error, { json, debug: error.code === 'internal', redact });
  return exitCodeOf(error.code);
}

function wrongUsage({ code, message }: CommanderError): string {
  // Of `baton help <command>`, all that Commander says is which of its functions it came from.
  if (code === 'commander.help') return `unknown command '${args[1]}'`;
  return message.replace(/^error: /, '');
}
