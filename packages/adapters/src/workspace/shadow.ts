import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { devNull } from 'node:os';
import { join } from 'node:path';
import type { BuildPaths } from './build-paths.ts';
import type { Git, GitResult } from './git.ts';
import type { Repository } from './repository.ts';

/*
 * Invariants
 * 1. A shadow is made for one piece of work and removed after it, so nothing that a role's program
 *    wrote before has a say: no index that calls a changed file unchanged, no filter, no attribute,
 *    no ignore rule.
 * 2. A shadow has one user. Snapshots of two processes never see each other's half-done work, and no
 *    lock is left behind when one dies.
 */

/**
 * A private git folder for the worktree of a build. Snapshots go through it and not through the
 * user's, so that neither the user's index nor their settings, attributes, filters and hooks come
 * into play; the objects it makes land in the user's object store.
 */
export interface Shadow {
  /** File of the rules that say which files are left out. */
  readonly ignoreRules: string;
  /** Runs git on the worktree through the shadow. */
  run(args: readonly string[], options?: { readonly input?: Buffer }): Promise<GitResult>;
}

/** Lends `work` a new shadow, which leaves out what `ignoreRules` match. */
export type WithShadow = <T>(
  ignoreRules: Buffer,
  work: (shadow: Shadow) => Promise<T>,
) => Promise<T>;

/** Of all attributes those in `info/attributes` win: files are taken and written as they are. */
const ATTRIBUTES = '* -text !eol -ident -filter !working-tree-encoding\n';

/** Author and committer of every checkpoint. */
const IDENTITY = {
  GIT_AUTHOR_NAME: 'Baton',
  GIT_AUTHOR_EMAIL: 'baton@localhost',
  GIT_COMMITTER_NAME: 'Baton',
  GIT_COMMITTER_EMAIL: 'baton@localhost',
};

const PREFIX = 'git-';

/** The shadows of a build. Removes those that snapshots left behind when their process died. */
export async function shadowsOf(
  git: Git,
  repository: Repository,
  paths: BuildPaths,
): Promise<WithShadow> {
  await mkdir(paths.shadow, { recursive: true });
  for (const name of await readdir(paths.shadow)) {
    if (!name.startsWith(PREFIX)) continue;
    await rm(join(paths.shadow, name), { recursive: true, force: true });
  }
  const config = await configOf(git, repository);
  return async (rules, work) => {
    const folder = join(paths.shadow, `${PREFIX}${randomUUID()}`);
    const ignoreRules = join(folder, 'ignore-rules');
    try {
      await make(folder, config);
      await writeFile(ignoreRules, rules);
      const env = {
        ...IDENTITY,
        GIT_DIR: folder,
        GIT_WORK_TREE: paths.worktree,
        GIT_OBJECT_DIRECTORY: repository.objectDir,
        GIT_CONFIG_GLOBAL: devNull,
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_ATTR_NOSYSTEM: '1',
      };
      return await work({
        ignoreRules,
        run: (args, options) => git(args, { ...options, cwd: paths.worktree, env }),
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
}

async function make(folder: string, config: string): Promise<void> {
  for (const inside of ['refs', 'info']) await mkdir(join(folder, inside), { recursive: true });
  await writeFile(join(folder, 'HEAD'), 'ref: refs/heads/none\n');
  await writeFile(join(folder, 'config'), config);
  await writeFile(join(folder, 'info', 'attributes'), ATTRIBUTES);
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
