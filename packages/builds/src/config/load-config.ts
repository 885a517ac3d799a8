import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, extname, join, resolve } from 'node:path';
import { createRedactor } from '@baton/adapters/secrets';
import { BatonError, type Budgets } from '@baton/core';
import { checkSettings, parseJson, toBudgets, violationLines } from '@baton/core/internal';
import { type ConfigDocument, configSchema } from './config-schema.ts';
import { importModule } from './module-role.ts';

/** A checked configuration. */
export interface Config extends Omit<ConfigDocument, 'budgets'> {
  /** Budgets of the builds that start with this configuration. */
  readonly budgets: Budgets;
  /** Absolute path of the configuration file. */
  readonly path: string;
  /** The file's folder: the base of relative paths, and `{config}` in argv. */
  readonly folder: string;
}

const MODULES: ReadonlySet<string> = new Set(['.ts', '.mjs', '.js']);

/** File names to look for in a workspace. The first that exists is used. */
const NAMES = ['baton.config.json', 'baton.config.ts', 'baton.config.mjs', 'baton.config.js'];

/**
 * Reads and checks a configuration: JSON, or the default export of a module.
 *
 * @param wanted the file, relative to `cwd`. Default: `baton.config.json`, `.ts`, `.mjs` or `.js` in the
 * workspace.
 * @param where `workspace`, the root of the repository (default: `cwd`), and `cwd` (default: `process.cwd()`).
 * @throws BatonError `not_found`, or `invalid_input` naming every path with what was found there
 * and what was expected.
 * @example
 * import { loadConfig } from '@baton/builds';
 * const { roles, limits } = await loadConfig('baton.config.json');
 */
export async function loadConfig(
  wanted?: string | undefined,
  where: { readonly workspace?: string; readonly cwd?: string } = {},
): Promise<Config> {
  const { cwd = process.cwd() } = where;
  const { workspace = cwd } = where;
  const path = wanted === undefined ? configIn(workspace) : resolve(cwd, wanted);
  if (path === undefined) {
    throw new BatonError(
      'not_found',
      `there is no ${NAMES[0]} in ${workspace}: write one that says how the roles work, or name one with --config`,
    );
  }
  if (!existsSync(path)) throw new BatonError('not_found', `there is no config file at ${path}`);
  const document = await readDocument(path);
  const checked = checkSettings(configSchema, document, createRedactor());
  if (checked.kind === 'valid') {
    const { budgets, ...rest } = checked.settings;
    return { ...rest, budgets: toBudgets(budgets), path, folder: dirname(path) };
  }
  const { violations } = checked;
  const lines = violationLines(violations).map((line) => `  ${line}`);
  throw new BatonError('invalid_input', `${path} is not valid:\n${lines.join('\n')}`, {
    violations,
  });
}

/** Path of the configuration in a workspace. Undefined when there is none. */
export function configIn(workspace: string): string | undefined {
  return configsIn(workspace)[0];
}

/** Paths of all configurations in a workspace. Only the first is read. */
export function configsIn(workspace: string): readonly string[] {
  return NAMES.map((name) => join(workspace, name)).filter((path) => existsSync(path));
}

async function readDocument(path: string): Promise<unknown> {
  const extension = extname(path);
  if (MODULES.has(extension)) {
    const module = await importModule(path, 'the config file');
    if ('default' in module) return module['default'];
    throw new BatonError('invalid_input', `${path} has no default export; expected the config`);
  }
  if (extension !== '.json') {
    const message = `${path} ends in '${extension}'; expected .json, .ts, .mjs or .js`;
    throw new BatonError('invalid_input', message);
  }
  const text = await readFile(path, 'utf8');
  try {
    // Some editors write a byte order mark, which would be invisible in an error message.
    return parseJson(text.replace(/^\uFEFF/, ''));
  } catch (reason) {
    throw new BatonError('invalid_input', `${path} is ${BatonError.from(reason).message}`);
  }
}
