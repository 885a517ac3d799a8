import { readFileSync } from 'node:fs';
import type { Redact } from '@baton/core';
import type { CommandContext } from './command-context.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { createInterrupts } from './interrupts.ts';
import { enterUserShell } from './invocation/user-environment.ts';
import { readerGone } from './output/reader-gone.ts';
import { perform } from './program.ts';

/** Commands that only print. All others continue when the reader of their output is gone. */
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

/** Time for a graceful stop that no person can speed up. Longer than a server drains by default. */
const PATIENCE_MS = 30_000;

const args = process.argv.slice(2);
const invocation = enterUserShell(process);
let redact: Redact | undefined;
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
  invocation,
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

// Most often a user's role did not await a promise. Node would print the error with its secrets.
process.on('uncaughtException', async (reason) => {
  endedBy = EXIT.internal;
  context.exit(EXIT.internal);
  const { reportUncaught } = await import('./failures.ts');
  reportUncaught(reason, reporting());
  if (!interrupts.stop()) process.exit();
});

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (!readerGone(error, stream)) throw error;
    if (LOOKING.has(args[0] ?? '')) process.exit(EXIT.ok);
  });
}

await perform(context, version, args, reporting);

function reporting() {
  return { args, stderr: process.stderr, redact };
}
