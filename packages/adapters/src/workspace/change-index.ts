import { bytesOf } from '../git/git.ts';
import type { PrivateGit } from './private-git.ts';

/**
 * Adds entries to the index of a private git, in the given order: `<mode> <object>\t<path>`, or lines of
 * `ls-tree`. Mode 0 removes an entry.
 */
export async function changeIndex(git: PrivateGit, entries: readonly string[]): Promise<void> {
  if (entries.length === 0) return;
  await git.run(['update-index', '-z', '--index-info'], { input: bytesOf(entries) });
}

/** Removes files from the index of a private git. */
export async function removeFromIndex(git: PrivateGit, paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return;
  await git.run(['update-index', '-z', '--force-remove', '--stdin'], { input: bytesOf(paths) });
}
