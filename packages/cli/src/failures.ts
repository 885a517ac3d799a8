import { createRedactor } from '@baton/adapters/secrets';
import { BatonError, type Redact } from '@baton/core';
import { redactError } from '@baton/core/internal';
import { CommanderError } from 'commander';
import { type ExitCode, exitCodeOf } from './exit-codes.ts';
import { reportError } from './output/report-error.ts';
import type { OutputStream } from './output/terminal.ts';

export interface Reporting {
  /** Of the command line. */
  readonly args: readonly string[];
  readonly stderr: OutputStream;
  /** Masks secrets. Default: key formats only. */
  readonly redact: Redact | undefined;
}

/** Says why a command has failed. @returns what the process answers. */
export function reportFailure(reason: unknown, reporting: Reporting): ExitCode {
  const error =
    reason instanceof CommanderError
      ? new BatonError('invalid_input', `${wrongUsage(reason, reporting)}; see --help`)
      : BatonError.from(reason);
  report(error, reporting, error.code === 'internal');
  return exitCodeOf(error.code);
}

/** Says what no command and no role has caught. */
export function reportUncaught(reason: unknown, reporting: Reporting): void {
  report(uncaught(reason), reporting, false);
}

function report(
  error: BatonError,
  { args, stderr, redact = createRedactor() }: Reporting,
  isBug: boolean,
): void {
  const json = args.includes('--json');
  // Of a bug the place tells most, where it was thrown first.
  const first = error.cause instanceof Error ? error.cause : error;
  const trace = isBug ? redact(first.stack ?? String(first)) : undefined;
  reportError(stderr, redactError(redact, error), { json, trace });
}

function wrongUsage({ code, message }: CommanderError, { args }: Reporting): string {
  // Of `baton help <command>`, all that Commander says is which of its functions it came from.
  if (code === 'commander.help') return `unknown command '${args[1]}'`;
  const problem = message.replace(/^error: /, '').replace(/\.$/, '');
  const lacksId = code === 'commander.missingArgument' && /'(?:workflow|project)'/.test(problem);
  return lacksId ? `${problem}, an id that the command list shows` : problem;
}

/** Returns the error to report when no command and no role caught `reason`. It names where it was thrown. */
function uncaught(reason: unknown): BatonError {
  const stack = reason instanceof Error ? reason.stack : undefined;
  const place = /\n\s+at (.+)/.exec(stack ?? '')?.[1];
  const from = place === undefined ? '' : `, thrown at ${place}`;
  const { message } = BatonError.from(reason);
  return new BatonError(
    'internal',
    `uncaught error${from}: ${message}; a role must await every promise that it makes`,
    { cause: reason },
  );
}
