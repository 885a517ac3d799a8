import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { RolePrompt } from '@baton/adapters/llm';
import { BatonError } from '@baton/core';
import { MAX_PROMPT_BYTES } from './argv-schema.ts';
import type { RoleEntry } from './role-schema.ts';

/**
 * What the configuration says of how a role works; undefined where it says nothing.
 *
 * @param folder what the file's path is relative to.
 * @throws BatonError `invalid_input` naming the setting, when the file is not there, is no text, is empty
 * or is too large.
 */
export async function loadPrompt(
  role: string,
  { prompt }: Pick<RoleEntry, 'prompt'>,
  folder: string,
): Promise<RolePrompt | undefined> {
  if (prompt === undefined) return undefined;
  const { append = '', file } = prompt;
  const text = file === undefined ? append : await readPrompt(role, resolve(folder, file));
  if (text.trim() === '') throw wrong(role, file, 'is empty; expected text');
  return file === undefined ? { append: text } : { replace: text };
}

async function readPrompt(role: string, path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw wrong(role, path, 'is not there; expected a text file');
  if (!found.isFile()) throw wrong(role, path, 'is not a file; expected a text file');
  if (found.size > MAX_PROMPT_BYTES) {
    throw wrong(role, path, `has ${found.size} bytes; expected at most ${MAX_PROMPT_BYTES}`);
  }
  const bytes = await readFile(path).catch((reason: unknown) => {
    throw wrong(role, path, `cannot be read: ${BatonError.from(reason).message}`);
  });
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw wrong(role, path, 'is not UTF-8; expected a text file');
  }
}

function wrong(role: string, path: string | undefined, problem: string): BatonError {
  const field = `roles.${role}.prompt.${path === undefined ? 'append' : 'file'}`;
  const description = path === undefined ? problem : `${path} ${problem}`;
  return new BatonError('invalid_input', `${field}: ${description}`, {
    violations: [{ field, description }],
  });
}
