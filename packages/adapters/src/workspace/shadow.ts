import { mkdir, readdir, rm } from 'node:fs/promises';
import { devNull } from 'node:os';
import { join } from 'node:path';
import type { BuildPaths } from './build-paths.ts';
import { readIfThere, writeWhole } from './files.ts';
import type { Git, GitResult } from './git.ts';
import type { Repository } from './repository.ts';

/**
 * The private git folder of one build. Snapshots go through it and not through the user's, so that
 * neither the user's index nor their settings, attributes, filters and hooks come into play; the
 * objects it makes land in the user's object store.
 */
export interface Shadow {
  readonly path: string;
  readonly objectFormat: string;
  /** File of the rules that say which files are left out. */
  readonly ignoreRules: string;
  /** Runs git on the worktree through the shadow. */
  run(args: readonly string[], options?: ShadowCall): Promise<GitResult>;
}

export interface ShadowCall {
  readonly input?: Buffer;
  /** Index to use instead of the one that the shadow keeps. */
  readonly index?: string;
}

/** Of all attributes those in `info/attributes` win: files are taken and written as they are. */
const ATTRIBUTES = '* -text !eol -ident -filter !working-tree-encoding\n';

/** Author and committer of every checkpoint. */
const IDENTITY = {
  GIT_AUTHOR_NAME: 'Baton',
  GIT_AUTHOR_EMAIL: 'baton@localhost',
  GIT_COMMITTER_NAME: 'Baton',
  GIT_COMMITTER_EMAIL: 'baton@localhost',
};

/** Opens the shadow of a build, and makes or repairs it where needed. */
export async function openShadow(
  git: Git,
  repository: Repository,
  paths: BuildPaths,
): Promise<Shadow> {
  const { shadow } = paths;
  for (const folder of ['refs', 'objects', 'info']) {
    await mkdir(join(shadow, folder), { recursive: true });
  }
  await writeWhole(join(shadow, 'HEAD'), 'ref: refs/heads/none\n');
  await writeWhole(join(shadow, 'config'), await configOf(git, repository));
  await writeWhole(join(shadow, 'info', 'attributes'), ATTRIBUTES);
  await removeLeftovers(shadow);
  const shadowEnv = {
    ...IDENTITY,
    GIT_DIR: shadow,
    GIT_WORK_TREE: paths.worktree,
    GIT_OBJECT_DIRECTORY: repository.objectDir,
    GIT_CONFIG_GLOBAL: devNull,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_ATTR_NOSYSTEM: '1',
  };
  return {
    path: shadow,
    objectFormat: repository.objectFormat,
    ignoreRules: join(shadow, 'ignore-rules'),
    run: (args, { index, ...options } = {}) =>
      git(args, {
        ...options,
        cwd: paths.worktree,
        env: index === undefined ? shadowEnv : { ...shadowEnv, GIT_INDEX_FILE: index },
      }),
  };
}

/**
 * Writes down the rules of what to ignore once, and keeps them: were they to change halfway, a
 * checkpoint could no longer be told from its own files.
 */
export async function keepIgnoreRules(
  { ignoreRules }: Shadow,
  read: () => Promise<Buffer>,
): Promise<void> {
  if ((await readIfThere(ignoreRules)) === undefined) await writeWhole(ignoreRules, await read());
}

async function configOf(git: Git, repository: Repository): Promise<string> {
  const shared = await git(['config', '--get', 'core.sharedRepository'], {
    cwd: repository.root,
    accept: [1],
  });
  const sharing = shared.code === 0 ? [`\tsharedRepository = ${shared.stdout}`.trimEnd()] : [];
  return [
    '[core]',
    '\trepositoryFormatVersion = 1',
    '\tbare = false',
    '\tautocrlf = false',
    '\tfileMode = true',
    '\tsymlinks = true',
    // Names that only Windows mistakes for others are names like any other elsewhere.
    `\tprotectNTFS = ${process.platform === 'win32'}`,
    `\texcludesFile = ${devNull}`,
    // One flush for all files of a snapshot, and nothing acknowledged before it.
    '\tfsyncMethod = batch',
    ...sharing,
    '[extensions]',
    `\tobjectFormat = ${repository.objectFormat}`,
    '',
  ].join('\n');
}

/** Indexes that snapshots left behind when their process died. */
async function removeLeftovers(shadow: string): Promise<void> {
  for (const name of await readdir(shadow)) {
    if (name.startsWith('index-')) await rm(join(shadow, name), { force: true });
  }
}
