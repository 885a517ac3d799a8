import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing, pathText } from '../files/files.ts';
import { type Git, textOf } from '../git/git.ts';
import type { Repository } from '../git/repository.ts';
import type { WithPrivateGit } from './private-git.ts';

/** Where the objects of submodules are. */
export interface SubmoduleStores {
  /** The object store of the user's own submodule at `path`. */
  ofUser(path: string): Promise<string | undefined>;
  /** The object store of a folder's git. */
  at(folder: string): Promise<string | undefined>;
  holds(objectDir: string, commit: string): Promise<boolean>;
  /** Whether the objects of a commit match their ids. */
  isSound(objectDir: string, commit: string): Promise<boolean>;
}

export function submoduleStores(source: {
  readonly git: Git;
  readonly withGit: WithPrivateGit;
  readonly repository: Repository;
  readonly worktree: string;
}): SubmoduleStores {
  const { git, withGit, repository, worktree } = source;

  async function at(folder: string): Promise<string | undefined> {
    const ask = ['rev-parse', '--path-format=absolute', '--git-path', 'objects'];
    const found = await git(ask, { cwd: folder, accept: [128] });
    return found.code === 0 ? textOf(found) : undefined;
  }

  return {
    at,
    async ofUser(path) {
      const name = pathText(path);
      const own = join(repository.root, name);
      if ((await kindOf(join(own, '.git'))) !== undefined) {
        const found = await at(own);
        if (found !== undefined) return found;
      }
      const kept = join(repository.commonDir, 'modules', ...name.split('/'));
      return (await kindOf(join(kept, 'objects'))) === 'folder' ? join(kept, 'objects') : undefined;
    },
    holds: (objectDir, commit) =>
      withGit({ worktree, objectDir }, async (store) => {
        const found = await store.run(['cat-file', '-e', `${commit}^{tree}`], { accept: [1, 128] });
        return found.code === 0;
      }),
    isSound: (objectDir, commit) =>
      withGit({ worktree, objectDir }, async (store) => {
        const check = ['fsck', '--no-progress', '--no-dangling', '--no-reflogs', commit];
        return (await store.run(check, { accept: [1, 2, 3, 4, 5, 6, 7, 8, 128] })).code === 0;
      }),
  };
}

export async function kindOf(path: string): Promise<'folder' | 'other' | undefined> {
  try {
    return (await lstat(path)).isDirectory() ? 'folder' : 'other';
  } catch (reason) {
    if (isMissing(reason)) return undefined;
    throw reason;
  }
}
