import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { readIfThere } from '../files/files.ts';
import type { Repository } from '../git/repository.ts';
import { groupRecordsOf } from '../process/group-records.ts';
import type { BuildPaths } from './build-paths.ts';

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
export async function removeRegistrations(
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
