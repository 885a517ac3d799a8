import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { groupRecordsOf } from '../../processes/group-records.ts';
import { readIfThere } from '../files.ts';
import type { Repository } from '../repository.ts';

/** What git knows of a worktree that Baton has added. */
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
