import { lstat, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expectDone, isDone, type Removal, removeTree } from '../files/file-trees.ts';
import { readIfThere, writeWhole } from '../files/files.ts';
import type { Git } from '../git/git.ts';
import type { Repository } from '../git/repository.ts';
import type { BuildPaths } from './build-paths.ts';
import type { BuildRules } from './build-rules.ts';
import { ownGitOf } from './own-git.ts';
import { removeRegistrations } from './registrations.ts';

/*
 * Invariants
 * 1. The mark is written after the worktree is complete and removed before it is taken apart: a worktree
 *    without the mark is half-made, whatever it looks like, and is created again.
 * 2. The lock of a build lets one attempt at a time open it. So git locks that it finds belong to dead
 *    processes, or to work whose result is no longer needed.
 */

/** The worktree of one build. */
export interface Worktree {
  /** Whether it exists, is complete, and has the git folder of its build. */
  isIntact(): Promise<boolean>;
  /** Creates it again at the starting commit, without files. */
  create(rules: BuildRules): Promise<void>;
  /** Reverts what an attempt has set in its git folder. */
  renewGit(rules: BuildRules): Promise<void>;
  /** Creates its git folder again, without anything from earlier attempts. */
  remakeGit(rules: BuildRules): Promise<void>;
  /** Marks it as complete. */
  markComplete(): Promise<void>;
  /**
   * Removes it with all its files, also when it is half-made. Its place stays recorded until everything is
   * gone.
   */
  remove(signal?: AbortSignal): Promise<Removal>;
  /** Removes the lock that a killed process left on the ref of the build. */
  removeLock(): Promise<void>;
  /** Whether its HEAD is detached at `commit`. */
  isAt(commit: string): Promise<boolean>;
  /** Detaches its HEAD at `commit`, with an index for it. Files stay as they are. */
  setHead(commit: string, index: string): Promise<void>;
}

export function worktreeOf(git: Git, repository: Repository, paths: BuildPaths): Worktree {
  const { worktree, mark, place } = paths;
  const own = ownGitOf(git, repository, paths);
  const linkFile = join(worktree, '.git');
  const link = `gitdir: ${paths.git}\n`;

  async function isLinked(): Promise<boolean> {
    // A link in its place would lead to files of something else.
    const [root, found] = await Promise.all(
      [worktree, linkFile].map((path) => lstat(path).catch(() => undefined)),
    );
    if (!(root?.isDirectory() && found?.isFile())) return false;
    return (await readFile(linkFile, 'utf8')) === link;
  }

  async function remove(signal?: AbortSignal): Promise<Removal> {
    await rm(mark, { force: true });
    const removal = await removeTree(worktree, signal);
    if (!isDone(removal)) return removal;
    await removeRegistrations(repository, paths);
    const rest = await own.remove(signal);
    if (isDone(rest)) await rm(place, { force: true });
    return rest;
  }

  return {
    remove,
    isAt: own.isAt,
    setHead: own.setHead,
    renewGit: own.renew,
    remakeGit: own.make,

    async isIntact() {
      const marked = (await readIfThere(mark))?.toString();
      return marked === worktree && (await isLinked()) && (await own.isThere());
    },

    async create(rules) {
      expectDone(await remove());
      await mkdir(dirname(place), { recursive: true });
      await writeWhole(place, worktree);
      await own.make(rules);
      await mkdir(worktree, { recursive: true });
      await writeFile(linkFile, link);
    },

    async markComplete() {
      await writeWhole(mark, worktree);
    },

    async removeLock() {
      await rm(join(repository.commonDir, `${paths.ref}.lock`), { force: true });
    },
  };
}
