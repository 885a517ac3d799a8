import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkspaceFile } from '@baton/core';
import { pathBytes } from '../files/file-place.ts';
import type { GitSettings } from '../git/git-settings.ts';
import { idOf, LINK, modeOf, SUBMODULE, type TreeEntries } from '../git/tree-entries.ts';
import { conversionsOf } from './file-attributes.ts';
import type { WithPrivateGit } from './private-git.ts';

export interface FileSource {
  readonly withGit: WithPrivateGit;
  readonly worktree: string;
  readonly settings: GitSettings;
  /** The commit that the build started from; its attributes apply. */
  readonly start: string;
}

/** A file of a tree as git checks it out; undefined when it does not exist. */
export async function fileAt(
  { withGit, worktree, settings, start }: FileSource,
  path: string,
  entries: TreeEntries,
): Promise<WorkspaceFile | undefined> {
  const bytes = pathBytes(path);
  const entry = entries.get(bytes);
  if (entry === undefined || modeOf(entry) === SUBMODULE) return undefined;
  return withGit({ worktree, settings }, async (git) => {
    const blob = ['cat-file', 'blob', idOf(entry)];
    const asItIs = async (isLink: boolean) => ({ bytes: (await git.run(blob)).stdout, isLink });
    if (modeOf(entry) === LINK) return asItIs(true);
    await git.run(['read-tree', start]);
    const conversion = (await conversionsOf(git, [bytes], settings)).get(bytes);
    if (conversion === undefined) return asItIs(false);
    // Outside of the worktree, so that a filter finds no program from a role.
    const place = join(git.folder, 'nothing');
    await mkdir(place);
    const { attributes } = conversion;
    return withGit({ worktree: place, settings, attributes }, async (converting) => {
      const filtered = ['cat-file', '--filters', `--path=${path}`, idOf(entry)];
      return { bytes: (await converting.run(filtered)).stdout, isLink: false };
    });
  });
}
