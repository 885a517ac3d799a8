import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { recordGroupsIn } from '../processes/group-records.ts';
import type { BuildPaths } from './build-paths.ts';
import { copyIndex } from './copy-index.ts';
import { expectDone, isDone, type Removal, removeTree } from './file-trees.ts';
import { readIfThere, writeWhole } from './files.ts';
import { type Git, textOf } from './git.ts';
import type { Repository } from './repository.ts';

/*
 * Invariants
 * 1. The mark is written after the worktree is complete and removed before it is taken apart: what
 *    has no mark is half-made, whatever it looks like, and is made anew.
 * 2. Only one attempt at a time opens a build (its lock sees to that), so git's locks that are found
 *    on opening belong to processes that are dead or whose work nobody waits for any more.
 */

/** The worktree of one build. */
export interface Worktree {
  /** Whether it is there, complete, and known to the repository. */
  isIntact(): Promise<boolean>;
  /** Makes it anew at `start`, without files. */
  create(start: string): Promise<void>;
  /** Declares it complete. */
  markComplete(): Promise<void>;
  /** Removes it with all its files, half-made ones too. It stays registered until all is gone. */
  remove(signal?: AbortSignal): Promise<Removal>;
  /** Removes the locks that killed processes left. */
  removeLocks(): Promise<void>;
  /** The commit that the worktree's own HEAD stands at; undefined on a branch without commits. */
  head(): Promise<string | undefined>;
  /** Detaches the worktree's HEAD at `commit` and gives it an index of that. Leaves the files alone. */
  setHead(commit: string, index: string): Promise<void>;
}

export function worktreeOf(git: Git, repository: Repository, paths: BuildPaths): Worktree {
  const { worktree, workflowId } = paths;
  const { mark } = paths;
  const registrations = join(repository.commonDir, 'worktrees');
  const inWorktree = { cwd: worktree };
  const inRepository = { cwd: repository.root };

  /** The git folder of the worktree, if it is a worktree of this repository. */
  async function gitDir(): Promise<string | undefined> {
    if ((await readIfThere(join(worktree, '.git')).catch(() => undefined)) === undefined) return;
    const result = await git(
      ['rev-parse', '--path-format=absolute', '--show-toplevel', '--git-dir', '--git-common-dir'],
      { ...inWorktree, accept: [128] },
    );
    const [root, own, common] = textOf(result).split('\n');
    return root === worktree && common === repository.commonDir ? own : undefined;
  }

  /** Registrations of this worktree, and one that a killed process left without a location. */
  async function removeRegistrations(): Promise<void> {
    for (const name of await readdir(registrations).catch(() => [])) {
      const place = (await readIfThere(join(registrations, name, 'gitdir')))?.toString().trim();
      const halfMade = name === workflowId && !place;
      if (halfMade || place === join(worktree, '.git')) {
        await rm(join(registrations, name), { recursive: true, force: true });
      }
    }
  }

  async function remove(signal?: AbortSignal): Promise<Removal> {
    await rm(mark, { force: true });
    const removal = await removeTree(worktree, signal);
    if (isDone(removal)) await removeRegistrations();
    return removal;
  }

  return {
    remove,

    async isIntact() {
      const marked = (await readIfThere(mark))?.toString();
      return marked === worktree && (await gitDir()) !== undefined;
    },

    async create(start) {
      expectDone(await remove());
      // Without a file, so that no filter runs but through a private git.
      const add = ['worktree', 'add', '--no-checkout', '--detach', worktree, start];
      await git(add, inRepository);
      const own = await gitDir();
      if (own !== undefined) recordGroupsIn(own, paths.groups);
    },

    async markComplete() {
      await writeWhole(mark, worktree);
    },

    async removeLocks() {
      const own = await gitDir();
      const locks = [join(repository.commonDir, `${paths.ref}.lock`)];
      if (own) locks.push(join(own, 'index.lock'), join(own, 'HEAD.lock'));
      for (const lock of locks) await rm(lock, { force: true });
    },

    async head() {
      const result = await git(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], {
        ...inWorktree,
        accept: [1, 128],
      });
      return result.code === 0 ? textOf(result) : undefined;
    },

    async setHead(commit, index) {
      await git(['update-ref', '--no-deref', 'HEAD', commit], inWorktree);
      const own = await gitDir();
      if (own !== undefined) await copyIndex(index, join(own, 'index'));
    },
  };
}
