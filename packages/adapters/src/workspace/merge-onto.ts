import { pathText } from '../files/file-place.ts';
import { fieldsOf, textOf } from '../git/git.ts';
import type { PrivateGit } from './private-git.ts';

/** The result of a merge, without files written. */
export interface Merged {
  readonly tree: string;
  /** Files with conflicting changes, as text. */
  readonly conflicts: readonly string[];
}

/** Merges the changes up to `commit` onto the tree of `onto`. */
export async function mergeOnto(git: PrivateGit, commit: string, onto: string): Promise<Merged> {
  const args = ['merge-tree', '--write-tree', '-z', '--name-only', '--no-messages'];
  const merged = await git.run([...args, onto, commit], { accept: [1] });
  const [tree = '', ...conflicts] = fieldsOf(merged).filter((field) => field !== '');
  return { tree, conflicts: merged.code === 0 ? [] : conflicts.map(pathText) };
}

/** The tree of a commit. */
export async function treeOf(git: PrivateGit, commit: string): Promise<string> {
  return textOf(await git.run(['rev-parse', '--verify', `${commit}^{tree}`]));
}
