import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BatonError, createMemoryStore, createOrchestrator } from '@baton/core';
import { parseJson } from '@baton/core/internal';
import { ConfigError } from '../config.ts';
import { type Policies, toPolicies } from './policies.ts';

const VARIABLE = 'WORKFLOW_POLICIES';
const MODULES: readonly string[] = ['.ts', '.mjs', '.js'];

/**
 * The policies in a file: JSON, or the default export of a module.
 *
 * @throws ConfigError when there is no such file, or with everything that is wrong in it.
 */
export async function loadPolicies(file: string): Promise<Policies> {
  const path = resolve(file);
  try {
    const policies = toPolicies(await read(path), MODULES.includes(extname(path)));
    // What no orchestrator takes, such as two definitions of one name and version, shows here.
    createOrchestrator({
      store: await createMemoryStore(),
      definitions: policies.definitions,
      budgets: policies.budgets,
      concurrency: policies.concurrency,
    });
    return policies;
  } catch (reason) {
    const lines = BatonError.from(reason).message.split('\n');
    throw new ConfigError(lines.map((line) => `${VARIABLE}: ${path}: ${line}`));
  }
}

async function read(path: string): Promise<unknown> {
  if (!existsSync(path)) throw new Error('there is no such file');
  const extension = extname(path);
  if (MODULES.includes(extension)) return imported(path);
  if (extension !== '.json') {
    throw new Error(`found '${extension}'; expected a name in .json, ${MODULES.join(', ')}`);
  }
  const text = await readFile(path, 'utf8');
  try {
    return parseJson(text);
  } catch (reason) {
    throw new Error(`is ${BatonError.from(reason).message}`);
  }
}

async function imported(path: string): Promise<unknown> {
  const module = await import(pathToFileURL(path).href).catch((reason: unknown) => {
    throw new Error(`cannot be loaded: ${BatonError.from(reason).message}`);
  });
  if ('default' in module) return module.default;
  throw new Error('has no default export; expected the policies');
}
