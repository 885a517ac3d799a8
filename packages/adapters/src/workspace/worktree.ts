import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BatonError } from '@baton/core';
import { recordGroupsIn } from '../processes/group-records.ts';
import type { BuildPaths } from './build-paths.ts';
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

/** Git's words for a filter whose program is not there. One that fails may work another time. */
const FILTER = /smudge filter (.+) failed/;
const NO_PROGRAM = /not found|No such file or directory|failed 127/;

/** The worktree of one build. */
export interface Worktree {
  /** Whether it is there, complete, and known to the repository. */
  isIntact(): Promise<boolean>;
  /** Makes it anew, with the files of `start` as the user's settings would check them out. */
  create(start: string): Promise<void>;
  /** Declares it complete. */
  markComplete(): Promise<void>;
  /** Removes it with all its files, half-made ones too. */
  remove(): Promise<void>;
  /** Removes the locks that killed processes left. */
  removeLocks(): Promise<void>;
  /** The commit that the worktree's own HEAD stands at; undefined on a branch without commits. */
  head(): Promise<string | undefined>;
  /** Detaches the worktree's HEAD at `commit` and stages nothing. Leaves the files alone. */
  setHead(commit: string): Promise<void>;
}

export function worktreeOf(git: Git, repository: Repository, paths: BuildPaths): Worktree {
  const { worktree, workflowId } = paths;
  const mark = join(paths.shadow, 'complete');
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

  async function checkOut(start: string): Promise<void> {
    try {
      await git(['worktree', 'add', '--detach', worktree, start], inRepository);
    } catch (reason) {
      throw explained(BatonError.from(reason));
    }
  }

  async function remove(): Promise<void> {
    await rm(mark, { force: true });
    await rm(worktree, { recursive: true, force: true });
    await removeRegistrations();
  }

  return {
    remove,

    async isIntact() {
      const marked = (await readIfThere(mark))?.toString();
      return marked === worktree && (await gitDir()) !== undefined;
    },

    async create(start) {
      await remove();
      await checkOut(start);
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

    async setHead(commit) {
      await git(['update-ref', '--no-deref', 'HEAD', commit], inWorktree);
      await git(['reset', '--quiet', '--mixed'], inWorktree);
    },
  };
}

function explained(error: BatonError): BatonError {
  const filter = FILTER.exec(error.message)?.[1];
  if (filter === undefined || !NO_PROGRAM.test(error.message)) return error;
  const description = `the repository requires the filter ${filter}, whose program is not there: install it`;
  return new BatonError('invalid_input', `no checkout: ${description}`, {
    violations: [{ field: 'repository', description }],
    cause: error,
  });
}
