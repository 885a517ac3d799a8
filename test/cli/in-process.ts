import { tmpdir } from 'node:os';
import { Readable, Writable } from 'node:stream';
import type { Redact } from '@baton/core';
import type { CommandContext } from '../../packages/cli/src/command-context.ts';
import { EXIT, type ExitCode } from '../../packages/cli/src/exit-codes.ts';
import { perform } from '../../packages/cli/src/program.ts';

/** Commands that end by themselves, a worker where it is refused, and give the same answer in any process. */
const COMMANDS: ReadonlySet<string> = new Set([
  ...['init', 'start', 'advance', 'status', 'request-retry', 'history', 'rollback', 'answer'],
  ...['approve', 'token', 'stats', 'list', 'watch', 'definition', 'config-schema', 'export'],
  ...['import', 'doctor', 'prune', 'logs', 'artifacts', 'take', 'webhooks', 'keys'],
  ...['audit', 'migrate', 'usage', 'whoami', 'cancel', 'worker'],
]);

/** Commands that perform a build, and start processes for it. */
const PERFORMING: ReadonlySet<string> = new Set(['run', 'resume']);

export function performsBuild(args: readonly string[]): boolean {
  return PERFORMING.has(args[0] ?? '');
}

export function runsInProcess(args: readonly string[]): boolean {
  return COMMANDS.has(args[0] ?? '') || performsBuild(args);
}

/** A command in the process of the tests, which takes no time to start. */
export async function performHere(
  args: readonly string[],
  {
    cwd = tmpdir(),
    env,
    input = '',
  }: {
    readonly cwd?: string | undefined;
    readonly env: Record<string, string | undefined>;
    readonly input?: string | undefined;
  },
) {
  const stdout = collect();
  const stderr = collect();
  let redact: Redact | undefined;
  let code: ExitCode = EXIT.ok;
  const context: CommandContext = {
    stdin: Readable.from([Buffer.from(input)]),
    stdout: stdout.stream,
    stderr: stderr.stream,
    env,
    cwd,
    invocation: 'baton',
    exit(answer) {
      code = answer;
    },
    leave(answer) {
      throw new Error(`left with ${answer}`);
    },
    onInterrupt: () => () => undefined,
    interrupt: () => undefined,
    maskErrors(masking) {
      redact = masking;
    },
  };
  await perform(context, 'that of the tests', args, () => ({
    args,
    stderr: context.stderr,
    redact,
  }));
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

function collect() {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(Buffer.from(chunk));
      done();
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString() };
}
