import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fieldsOf, textOf } from '../git/git.ts';
import { type GitSettings, settingIsTrue } from '../git/git-settings.ts';
import type { TreeEntries } from '../git/tree-entries.ts';
import { changeIndex } from './change-index.ts';
import type { WithPrivateGit } from './private-git.ts';

export interface LeftOutSource {
  readonly withGit: WithPrivateGit;
  readonly worktree: string;
  readonly settings: GitSettings;
}

/** The paths of entries that the user's sparse patterns omit from a checkout. */
export async function pathsLeftOut(
  { withGit, worktree, settings }: LeftOutSource,
  entries: TreeEntries,
): Promise<readonly string[]> {
  if (entries.size === 0 || !settingIsTrue(settings, 'core.sparsecheckout')) return [];
  return withGit({ worktree }, async ({ folder }) => {
    const place = join(folder, 'checked-out');
    await mkdir(place);
    return withGit({ worktree: place, settings }, async (git) => {
      await changeIndex(
        git,
        [...entries].map(([path, entry]) => `${entry}\t${path}`),
      );
      const tree = textOf(await git.run(['write-tree', '--missing-ok']));
      await rm(git.index);
      await git.run(['read-tree', '--reset', '-u', tree]);
      const flagged = fieldsOf(await git.run(['ls-files', '-t', '-z']));
      return flagged.flatMap((line) => (line.startsWith('S ') ? [line.slice(2)] : []));
    });
  });
}
