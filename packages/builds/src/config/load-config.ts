import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, extname, join, resolve } from 'node:path';
import { createRedactor } from '@baton/adapters/secrets';
import { BatonError, type Budgets } from '@baton/core';
import { checkSettings, parseJson, toBudgets, violationLines } from '@baton/core/internal';
import { type ConfigDocument, configSchema } from './config-schema.ts';
import { importModule } from './import-module.ts';

export interface Config extends Omit<ConfigDocument, 'budgets'> {
  /** Caps for the builds that are begun with it. */
  readonly budgets: Budgets;
  /** The file that it comes from, absolute. */
  readonly path: string;
  /** The file's folder: what relative paths start from, and `{config}` in argv. */
  readonly folder: string;
}

const MODULES: ReadonlySet<string> = new Set(['.ts', '.mjs', '.js']);

/** Names that are looked for in a workspace, the first that exists counts. */
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

/** The configuration that lies in a workspace; undefined where there is none. */
export function configIn(workspace: string): string | undefined {
  return configsIn(workspace)[0];
}

/** All that lie there: the first is read, the others are not. */
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
    // Some editors put a byte order mark in front, which nobody sees in what is reported.
    return parseJson(text.replace(/^\uFEFF/, ''));
  } catch (reason) {
    throw new BatonError('invalid_input', `${path} is ${BatonError.from(reason).message}`);
  }
}
