import { readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { DONE, isDone, type Removal } from '../files/file-trees.ts';
import { isMissing } from '../files/files.ts';
import type { Git } from '../git/git.ts';
import type { Repository } from '../git/repository.ts';
import { endRecordedGroups } from '../process/group-records.ts';
import { type BuildPaths, judgePaths } from './build-paths.ts';
import { worktreeOf } from './worktree.ts';

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
