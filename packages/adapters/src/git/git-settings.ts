import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BatonError } from '@baton/core';
import { z } from 'zod';
import { pathText, readIfThere, writeWhole } from '../files/files.ts';
import { defaultSettingsFile, type Environment } from './environment.ts';
import { fieldsOf, type Git, textOf } from './git.ts';
import type { Repository } from './repository.ts';

/*
 * Filters, attributes, line endings and sparse patterns decide what a file of the worktree is in the
 * repository, and filters are programs. Builds use the user's settings from before the build, never what a
 * role made of them:
 * 1. They are read once, when the build begins, and kept beside its records.
 * 2. The first checkpoint records their digest, so that a changed copy is noticed.
 */

const base64 = z.base64();

const conversionSettings = z.strictObject({
  /**
   * Effective settings in order, each a key and a value; a setting without a value is only a key. They are
   * bytes, one character each (latin1), because paths need not be valid text.
   */
  config: z.array(z.tuple([z.string()], z.string())),
  /** `info/attributes` of the repository, which overrides all other attributes. */
  repositoryAttributes: base64,
  /** The user's attributes, which all others override. */
  userAttributes: base64,
  /** Patterns of a sparse checkout. */
  sparsePatterns: base64,
});

/** The parts of the user's git settings that decide how files are converted. */
export type GitSettings = z.infer<typeof conversionSettings>;

const buildSettings = conversionSettings.extend({
  /** The settings of the submodules that the user has checked out, by path. */
  submodules: z.record(z.string(), conversionSettings),
});

export type BuildSettings = z.infer<typeof buildSettings>;

/** Settings about places and helper programs: a private git has its own. */
const LEFT_OUT =
  /^(?:core\.(?:worktree|bare|hookspath|fsmonitor|repositoryformatversion|excludesfile|attributesfile|editor|pager|safecrlf|untrackedcache|splitindex)|extensions\.(?:objectformat|refstorage|worktreeconfig)|include\.|includeif\.|alias\.|gc\.|maintenance\.|index\.|feature\.|submodule\.|safe\.|trace2\.)/i;

export interface GitSettingsSource {
  readonly git: Git;
  readonly env: Environment;
  readonly repository: Repository;
}

/**
 * Reads the current settings of the repository and its submodules.
 *
 * @param submodules their paths, as text.
 */
export async function readBuildSettings(
  source: GitSettingsSource,
  submodules: readonly string[],
): Promise<BuildSettings> {
  const { root } = source.repository;
  const own = await readSettings(source, root);
  const inner: [string, GitSettings][] = [];
  for (const path of submodules) {
    const cwd = join(root, path);
    if (existsSync(join(cwd, '.git'))) inner.push([path, await readSettings(source, cwd)]);
  }
  return { ...own, submodules: Object.fromEntries(inner) };
}

async function readSettings({ git, env }: GitSettingsSource, cwd: string): Promise<GitSettings> {
  const listed = await git(['config', '--list', '-z', '--includes'], { cwd });
  const config = fieldsOf(listed)
    .filter((field) => !LEFT_OUT.test(field))
    .map((field): [string, ...string[]] => {
      const end = field.indexOf('\n');
      return end < 0 ? [field] : [field.slice(0, end), field.slice(end + 1)];
    });
  const attributesFile = await git(['config', '--type=path', '--get', 'core.attributesFile'], {
    cwd,
    accept: [1],
  });
  const userFile =
    attributesFile.code === 0
      ? resolve(cwd, textOf(attributesFile))
      : defaultSettingsFile(env, 'attributes');
  const infoFiles = ['info/attributes', 'info/sparse-checkout'].flatMap((name) => [
    '--git-path',
    name,
  ]);
  const [info = '', sparse = ''] = textOf(
    await git(['rev-parse', '--path-format=absolute', ...infoFiles], { cwd }),
  ).split('\n');
  const read = async (file: string | undefined): Promise<string> =>
    ((file && (await readIfThere(file))) || Buffer.alloc(0)).toString('base64');
  return {
    config,
    repositoryAttributes: await read(info),
    userAttributes: await read(userFile),
    sparsePatterns: await read(sparse),
  };
}

/** Takes from `now` which files are checked out. That is data and runs no program. */
export function withSparsePatternsOf<T extends GitSettings>(settings: T, now: GitSettings): T {
  const isSparse = ([key]: GitSettings['config'][number]) => key.startsWith('core.sparsecheckout');
  const config = [
    ...settings.config.filter((entry) => !isSparse(entry)),
    ...now.config.filter(isSparse),
  ];
  return { ...settings, config, sparsePatterns: now.sparsePatterns };
}

/** A digest that identifies the settings. */
export function digestOfSettings(settings: BuildSettings): string {
  return createHash('sha256').update(JSON.stringify(settings)).digest('hex');
}

/** Stores the settings in a file that only the user may read: some contain passwords. */
export async function keepBuildSettings(path: string, settings: BuildSettings): Promise<void> {
  await writeWhole(path, `${JSON.stringify(settings)}\n`, 0o600);
}

/**
 * Reads the settings from the start of a build. When the file is missing, the current settings serve if they
 * are the same.
 *
 * @throws BatonError `data_loss` when the settings with this digest no longer exist.
 */
export async function recallBuildSettings(
  path: string,
  digest: string,
  source: GitSettingsSource,
  submodules: readonly string[],
): Promise<BuildSettings> {
  const kept = parseSettings(await readIfThere(path));
  if (kept !== undefined && digestOfSettings(kept) === digest) return kept;
  const present = await readBuildSettings(source, submodules);
  if (digestOfSettings(present) === digest) {
    await keepBuildSettings(path, present);
    return present;
  }
  const found = kept === undefined ? 'is gone' : 'was changed';
  throw new BatonError(
    'data_loss',
    `the git settings that the build began with are needed to check out its files, but ${path} ${found} and the settings of ${source.repository.root} differ from them by now: put them back as they were, or begin another build`,
    { metadata: { path } },
  );
}

/**
 * Reads the settings of this machine for a build that travels: those from before it first opened the build. They
 * differ from machine to machine, so no digest is known of them; that of the files shows whether they fit.
 */
export async function recallOwnSettings(
  path: string,
  source: GitSettingsSource,
  submodules: readonly string[],
): Promise<BuildSettings> {
  const kept = parseSettings(await readIfThere(path));
  if (kept !== undefined) return kept;
  const present = await readBuildSettings(source, submodules);
  await keepBuildSettings(path, present);
  return present;
}

function parseSettings(bytes: Buffer | undefined): BuildSettings | undefined {
  try {
    return bytes && buildSettings.parse(JSON.parse(bytes.toString('utf8')));
  } catch {
    return undefined;
  }
}

/** Whether checkouts leave out files because of the user's sparse patterns. */
export function isSparse(settings: GitSettings): boolean {
  return settingIsTrue(settings, 'core.sparsecheckout');
}

/** Whether a setting is true; its last value counts. Names are in lower case, as git lists them. */
export function settingIsTrue(settings: GitSettings, name: string): boolean {
  const found = settings.config.findLast(([key]) => key === name);
  if (found === undefined) return false;
  const [, value = 'true'] = found;
  return ['true', 'yes', 'on', '1'].includes(value.toLowerCase());
}

/** The last value of a setting as text; undefined when it is not set. */
export function settingOf(settings: GitSettings, name: string): string | undefined {
  const value = settings.config.findLast(([key]) => key === name)?.[1];
  return value === undefined ? undefined : pathText(value);
}

/** Formats settings as a configuration file. */
export function configFile(config: GitSettings['config']): Buffer {
  const sections = config
    .map(([key, value]) => {
      const section = key.slice(0, key.indexOf('.'));
      const name = key.slice(key.lastIndexOf('.') + 1);
      const inner = key.slice(
        section.length + 1,
        Math.max(section.length, key.length - name.length - 1),
      );
      const heading = inner === '' ? section : `${section} "${escaped(inner)}"`;
      return `[${heading}]\n\t${name}${value === undefined ? '' : ` = "${escaped(value)}"`}\n`;
    })
    .join('');
  return Buffer.from(sections, 'latin1');
}

function escaped(text: string): string {
  return text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t');
}
