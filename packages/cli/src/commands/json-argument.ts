import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { BatonError, type JsonObject } from '@baton/core';
import { copyJsonObject, parseJson } from '@baton/core/internal';
import type { CommandContext } from '../command-context.ts';

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
