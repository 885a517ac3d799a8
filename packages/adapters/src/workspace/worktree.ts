import { lstat, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DONE, expectDone, isDone, type Removal, removeTree } from '../files/file-trees.ts';
import { isMissing, readIfThere, writeWhole } from '../files/files.ts';
import type { Git } from '../git/git.ts';
import type { Repository } from '../git/repository.ts';
import { endRecordedGroups, groupRecordsOf } from '../process/group-records.ts';
import { type BuildPaths, judgePaths } from './build-paths.ts';
import type { BuildRules } from './build-rules.ts';
import { ownGitOf } from './own-git.ts';

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

/*
 * The worktrees that a repository knows. Baton adds none, but earlier versions did: their builds are found
 * through it, and the registration is removed when the worktree is replaced or removed.
 */

export interface Registration {
  /** Its own git folder, inside the repository's. */
  readonly gitDir: string;
  /** The path of the worktree, which may be gone; undefined when a killed process left it half-made. */
  readonly worktree: string | undefined;
  /** Folder of Baton's state for the build, perhaps of another home of Baton. */
  readonly state: string | undefined;
}

/** Lists every worktree of the repository, including the user's own, which have no `state`. */
export async function registrationsOf({ commonDir }: Repository): Promise<Registration[]> {
  const folder = join(commonDir, 'worktrees');
  const found: Registration[] = [];
  for (const name of await readdir(folder).catch(() => [])) {
    const gitDir = join(folder, name);
    const link = (await readIfThere(join(gitDir, 'gitdir')))?.toString().trim();
    const groups = groupRecordsOf(gitDir);
    found.push({
      gitDir,
      worktree: link ? dirname(link) : undefined,
      state: groups === undefined ? undefined : dirname(groups),
    });
  }
  return found;
}

/** Removes the registrations of a build's worktree. */
async function removeRegistrations(
  repository: Repository,
  { worktree, workflowId }: Pick<BuildPaths, 'worktree' | 'workflowId'>,
): Promise<void> {
  for (const one of await registrationsOf(repository)) {
    const isHalfMade = one.worktree === undefined && basename(one.gitDir) === workflowId;
    if (isHalfMade || one.worktree === worktree) {
      await rm(one.gitDir, { recursive: true, force: true });
    }
  }
}

/**
 * Removes the worktrees of a build and the files that only they need. The checkpoints stay, with the settings
 * to check them out. Call it while holding the lock of the build.
 */
export async function removeWorktree(
  git: Git,
  repository: Repository,
  paths: BuildPaths,
  signal?: AbortSignal,
): Promise<Removal> {
  // The author's worktree last: it leads to the build for as long as any of its files exist.
  for (const one of [judgePaths(paths), paths]) {
    await endRecordedGroups(one.groups, one.worktree);
    const removal = await worktreeOf(git, repository, one).remove(signal);
    if (!isDone(removal)) return removal;
  }
  await removeWorkingState(paths);
  return DONE;
}

async function removeWorkingState({ state, settings, lock }: BuildPaths): Promise<void> {
  const kept = [settings, lock].map((path) => basename(path));
  for (const name of await namesIn(state)) {
    if (!kept.includes(name)) await rm(join(state, name), { recursive: true, force: true });
  }
}

/** The names in a folder; empty when the folder does not exist. */
export async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (reason) {
    if (isMissing(reason)) return [];
    throw reason;
  }
}
