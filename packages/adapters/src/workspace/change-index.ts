import { bytesOf } from '../git/git.ts';
import type { PrivateGit } from './private-git.ts';

/**
 * Takes entries into the index of a private git, in the order given: `<mode> <object>\t<path>`, or such
 * as `ls-tree` answers; mode 0 removes one.
 */
export async function changeIndex(git: PrivateGit, entries: readonly string[]): Promise<void> {
  if (entries.length === 0) return;
  await git.run(['update-index', '-z', '--index-info'], { input: bytesOf(entries) });
}

/** Takes files out of the index of a private git. */
export async function removeFromIndex(git: PrivateGit, paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return;
  await git.run(['update-index', '-z', '--force-remove', '--stdin'], { input: bytesOf(paths) });
}
