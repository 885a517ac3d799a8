#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { BatonError } from '@baton/core';
import { CommanderError } from 'commander';
import type { CommandContext } from './command-context.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { reportError } from './output/report-error.ts';
import { createProgram } from './program.ts';

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
};

// `baton list | head` ends the pipe early: nobody reads on.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.ok);
  throw error;
});

const { version } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
) as { version: string };

const args = process.argv.slice(2);

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
  reportError(process.stderr, error, { json, debug: error.code === 'internal' });
  return exitCodeOf(error.code);
}
