import { readFileSync } from 'node:fs';
import type { Redact } from '@baton/core';
import type { CommandContext } from './command-context.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { createInterrupts } from './interrupts.ts';
import { enterUserShell } from './invocation/enter-user-shell.ts';
import { readerGone } from './output/reader-gone.ts';
import { perform } from './program.ts';

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

// A promise that a role of the user's forgets, most likely: Node would show all that the error says.
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

await perform(context, version, args, () => redact);

function reporting() {
  return { args, stderr: process.stderr, redact };
}
