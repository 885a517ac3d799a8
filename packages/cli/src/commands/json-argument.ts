import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { recordsOf, repositoryOf, serverOf } from '@baton/builds/internal';
import { BatonError, type JsonObject } from '@baton/core';
import { copyJsonObject, parseJson } from '@baton/core/internal';
import type { CommandContext } from '../command-context.ts';
import type { Terminal } from '../output/terminal.ts';
import type { CommonOptions } from './operation-command.ts';

/**
 * A JSON object given on the command line: as it is, as `@file`, or as `-` for stdin.
 *
 * @throws BatonError `not_found` for a missing file, `invalid_input` for what is no JSON object.
 */
export async function readJsonArgument(
  option: string,
  argument: string,
  context: Pick<CommandContext, 'stdin' | 'cwd'>,
): Promise<JsonObject> {
  const text = await readArgument(option, argument, context);
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (reason) {
    const found = BatonError.from(reason).message;
    throw invalid(
      option,
      `expected a JSON object, '@file' or '-' for stdin; found what is ${found}`,
    );
  }
  try {
    return copyJsonObject(value);
  } catch (cause) {
    const { code, message, violations } = BatonError.from(cause);
    throw new BatonError(code, `${option}: ${message}`, { violations, cause });
  }
}

async function readArgument(
  option: string,
  argument: string,
  { stdin, cwd }: Pick<CommandContext, 'stdin' | 'cwd'>,
): Promise<string> {
  if (argument === '-') return readAll(stdin);
  if (!argument.startsWith('@')) return argument;
  const path = resolve(cwd, argument.slice(1));
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    if (missing) throw new BatonError('not_found', `${option}: there is no file ${path}`);
    throw invalid(option, `${path} cannot be read: ${cause}`, cause);
  }
}

function invalid(option: string, description: string, cause?: unknown): BatonError {
  return new BatonError('invalid_input', `${option}: ${description}`, {
    violations: [{ field: option, description }],
    cause,
  });
}

/** Does `work` with a signal that the first interrupt aborts. */
export async function interruptible<T>(
  context: Pick<CommandContext, 'onInterrupt'>,
  work: (interrupted: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const forget = context.onInterrupt(() => controller.abort());
  try {
    return await work(controller.signal);
  } finally {
    forget();
  }
}

/** For the help of commands that only look. */
export const NEWEST = 'id of the workflow (default: the newest build of the workspace)';

/**
 * The workflow that a command is to show: the one that is named, else the build that was begun last in the
 * workspace.
 *
 * @throws BatonError `invalid_input` where none is named and a server keeps the state; `not_found` where no
 * build was begun.
 */
export function chooseWorkflow(
  named: string | undefined,
  options: CommonOptions,
  context: CommandContext,
  terminal: Terminal,
): string {
  if (named !== undefined) return named;
  if (serverOf(options, context) !== undefined) {
    const message = `missing required argument 'workflow': a server keeps the builds of many; the command list shows their ids`;
    throw new BatonError('invalid_input', message);
  }
  const workspace = repositoryOf(resolve(context.cwd, options.workspace ?? '.'));
  const [newest, ...others] = recordsOf(workspace, context);
  if (newest === undefined) {
    throw new BatonError('not_found', `no build was begun in ${workspace}`);
  }
  if (others.length > 0) {
    terminal.note(`of ${others.length + 1} builds the newest, ${newest.workflowId}:`);
  }
  return newest.workflowId;
}
