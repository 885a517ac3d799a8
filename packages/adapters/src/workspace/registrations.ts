import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { readIfThere } from '../files/files.ts';
import type { Repository } from '../git/repository.ts';
import { groupRecordsOf } from '../process/group-records.ts';
import type { BuildPaths } from './build-paths.ts';

/*
 * The worktrees that a repository knows. Baton adds none, but earlier versions did: what is left of those
 * builds is found by it, and the registration goes when the worktree is made anew or removed.
 */

export interface Registration {
  /** Its own git folder, in that of the repository. */
  readonly gitDir: string;
  /** Where the worktree is, or was; undefined where a killed process left it half-made. */
  readonly worktree: string | undefined;
  /** Folder of Baton's state of the build; another one's where another home of Baton made it. */
  readonly state: string | undefined;
}

/** Every worktree that the repository knows, the user's own included: those have no `state`. */
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
