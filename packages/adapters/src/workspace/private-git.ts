import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { pathBytes } from '../files/files.ts';
import type { Git, GitCall, GitResult } from '../git/git.ts';
import { configFile, type GitSettings, settingIsTrue, settingOf } from '../git/git-settings.ts';
import type { Repository } from '../git/repository.ts';
import type { BuildPaths } from './build-paths.ts';

/*
 * Invariants
 * 1. A private git is created for one task and removed afterwards, so that nothing that a role's program
 *    wrote earlier has an effect: no index, filter, attribute or ignore rule.
 * 2. Baton writes only to its `info`, where nothing links to the user's git folder: no file that a role names
 *    there can stand for one of Baton's.
 * 3. It has one user. Two processes never see each other's unfinished work, and no lock is left when a
 *    process dies.
 */

/**
 * A git folder of Baton's own for a tree of files. It has the user's objects, and only those of the user's
 * settings that it is given.
 */
export interface PrivateGit {
  /** Its folder; files in it are removed with it. */
  readonly folder: string;
  /** Its index. */
  readonly index: string;
  /** Runs git on its files. */
  run(
    args: readonly string[],
    options?: Pick<GitCall, 'input' | 'accept' | 'env'>,
  ): Promise<GitResult>;
}

interface PrivateGitOptions {
  /** The files to work on. */
  readonly worktree: string;
  /** Settings for converting files. Default: files stay as they are, to the byte. */
  readonly settings?: GitSettings | undefined;
  /** Attributes of every file, instead of all others. */
  readonly attributes?: string | undefined;
  /** Folder to read and write objects in. Default: the user's. */
  readonly objectDir?: string | undefined;
}

/** Passes `work` a new private git. */
export type WithPrivateGit = <T>(
  options: PrivateGitOptions,
  work: (git: PrivateGit) => Promise<T>,
) => Promise<T>;

/** `info/attributes` overrides all other attributes: files are read and written as they are. */
export const AS_THEY_ARE = '-text !crlf !eol -ident -filter !working-tree-encoding';

/** Author and committer of every checkpoint. */
export const IDENTITY = {
  GIT_AUTHOR_NAME: 'Baton',
  GIT_AUTHOR_EMAIL: 'baton@localhost',
  GIT_COMMITTER_NAME: 'Baton',
  GIT_COMMITTER_EMAIL: 'baton@localhost',
};

/** Git's own files in its folder. Others belong to filters: their keys and stores. */
const OF_GIT =
  /^(?:config(?:\.worktree)?|HEAD|[A-Z_]*HEAD|description|hooks|info|objects|refs|logs|index|packed-refs|branches|worktrees|modules|rebase-.*|sequencer|commondir|gitdir|COMMIT_EDITMSG|gc\..*|.*\.lock|baton-groups)$/;

/** Creates private gits for a build. Removes those that dead processes left behind. */
export async function privateGits(
  git: Git,
  repository: Repository,
  paths: Pick<BuildPaths, 'scratch'>,
): Promise<WithPrivateGit> {
  await rm(paths.scratch, { recursive: true, force: true });
  await mkdir(paths.scratch, { recursive: true, mode: 0o700 });
  return async (options, work) => {
    const folder = join(paths.scratch, `git-${randomUUID()}`);
    try {
      await make(folder, repository, options);
      const env = {
        ...IDENTITY,
        GIT_DIR: folder,
        GIT_WORK_TREE: options.worktree,
        GIT_OBJECT_DIRECTORY: options.objectDir ?? repository.objectDir,
        GIT_NO_REPLACE_OBJECTS: '1',
        GIT_CONFIG_GLOBAL: devNull,
        GIT_CONFIG_NOSYSTEM: '1',
        ...(options.settings === undefined && { GIT_ATTR_NOSYSTEM: '1' }),
      };
      return await work({
        folder,
        index: join(folder, 'index'),
        run: (args, more) =>
          git(args, {
            ...more,
            cwd: options.worktree,
            env: { ...env, ...more?.env },
            mayFetch: options.settings !== undefined,
          }),
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
}

async function make(
  folder: string,
  repository: Repository,
  { settings, attributes }: PrivateGitOptions,
): Promise<void> {
  for (const inside of ['refs', 'info']) await mkdir(join(folder, inside), { recursive: true });
  await writeFile(join(folder, 'HEAD'), 'ref: refs/heads/none\n');
  const write = (name: string, base64: string) =>
    writeFile(join(folder, name), Buffer.from(base64, 'base64'));
  if (settings === undefined) {
    await writeFile(join(folder, 'config'), ownConfig(repository, []));
  } else {
    const userAttributes = join(folder, 'info', 'user-attributes');
    const config: GitSettings['config'] = [
      ...settings.config,
      ['core.attributesFile', pathBytes(userAttributes)],
      ...(settingOf(settings, 'lfs.storage') === undefined
        ? [['lfs.storage', pathBytes(join(repository.commonDir, 'lfs'))] as [string, string]]
        : []),
    ];
    await writeFile(join(folder, 'config'), ownConfig(repository, config), { mode: 0o600 });
    await write('info/user-attributes', settings.userAttributes);
    if (settingIsTrue(settings, 'core.sparsecheckout'))
      await write('info/sparse-checkout', settings.sparsePatterns);
    for (const name of await readdir(repository.commonDir)) {
      if (!OF_GIT.test(name)) await symlink(join(repository.commonDir, name), join(folder, name));
    }
  }
  const text = attributes ?? (settings === undefined ? AS_THEY_ARE : undefined);
  if (text !== undefined) await writeFile(join(folder, 'info', 'attributes'), `* ${text}\n`);
  else await write('info/attributes', settings?.repositoryAttributes ?? '');
}

/** Baton's settings after the user's, which they override. */
function ownConfig(repository: Repository, config: GitSettings['config']): Buffer {
  const users = config.length > 0;
  const own: GitSettings['config'] = [
    ['core.repositoryFormatVersion', '1'],
    ['core.bare', 'false'],
    // Names that are special on Windows only are ordinary names elsewhere.
    ['core.protectNTFS', String(process.platform === 'win32')],
    ['core.excludesFile', devNull],
    ['core.safecrlf', 'false'],
    // The user gets the index back in one file, and messages are UTF-8.
    ['core.splitIndex', 'false'],
    ['i18n.commitEncoding', 'UTF-8'],
    // One flush for all files of a checkpoint, before it is acknowledged.
    ['core.fsyncMethod', 'batch'],
    ['extensions.objectFormat', repository.objectFormat],
    ...(users
      ? []
      : ([
          ['core.autocrlf', 'false'],
          ['core.fileMode', 'true'],
          ['core.symlinks', 'true'],
        ] as [string, string][])),
    ...(repository.sharing === undefined
      ? []
      : [['core.sharedRepository', repository.sharing] as [string, string]]),
  ];
  return configFile([...config, ...own]);
}
