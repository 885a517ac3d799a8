import { readFileSync } from 'node:fs';
import { createRedactor } from '@baton/adapters/secrets';
import { BatonError } from '@baton/core';
import { CommanderError } from 'commander';
import type { CommandContext } from './command-context.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { reportError } from './output/report-error.ts';
import { createProgram } from './program.ts';

/** How a stream says that nobody reads it on, as in `baton list | head`. */
const READER_GONE: ReadonlySet<string> = new Set(['EPIPE', 'ERR_STREAM_DESTROYED']);

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

const context: CommandContext = {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  exit(code) {
    process.exitCode = code;
  },
  leave: (code) => process.exit(code),
  onInterrupt(listener) {
    process.on('SIGINT', listener).on('SIGTERM', listener);
    return () => void process.off('SIGINT', listener).off('SIGTERM', listener);
  },
  interrupt: () => void process.kill(process.pid, 'SIGINT'),
};

const { version } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
) as { version: string };

const args = process.argv.slice(2);

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (!READER_GONE.has(error.code ?? '')) throw error;
    if (LOOKING.has(args[0] ?? '')) process.exit(EXIT.ok);
  });
}

try {
  const program = createProgram(context, version);
  await program.parseAsync(args.length === 0 ? ['--help'] : args, { from: 'user' });
} catch (reason) {
  process.exitCode = fail(reason);
}

function fail(reason: unknown): number {
  if (reason instanceof CommanderError && reason.exitCode === 0) return EXIT.ok;
  const error =
    reason instanceof CommanderError
      ? new BatonError('invalid_input', `${reason.message.replace(/^error: /, '')}; see --help`)
      : BatonError.from(reason);
  const json = args.includes('--json');
  reportError(process.stderr, error, {
    json,
    debug: error.code === 'internal',
    redact: createRedactor(),
  });
  return exitCodeOf(error.code);
}
