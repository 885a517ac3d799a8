import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { BatonError } from '@baton/core';

/**
 * Loads a module of the user's.
 *
 * @param what names it in messages.
 * @throws BatonError `not_found`, or `invalid_input` when it cannot be loaded.
 */
export async function importModule(
  path: string,
  what: string,
): Promise<Readonly<Record<string, unknown>>> {
  if (!existsSync(path)) {
    throw new BatonError('not_found', `there is no such file as ${path}, ${what}`);
  }
  try {
    return (await import(pathToFileURL(path).href)) as Record<string, unknown>;
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new BatonError('invalid_input', `${what}, ${path}, cannot be loaded: ${problem}`, {
      cause,
    });
  }
}
