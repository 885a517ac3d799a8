import { pathText } from '../files/files.ts';
import { fieldsOf, textOf } from '../git/git.ts';
import type { CheckpointRecord } from './checkpoint.ts';
import type { PrivateGit } from './private-git.ts';

/** Trailer that names the workflow in the commit of a hand-over. */
export const WORKFLOW_TRAILER = 'Baton-Workflow';

/** Commits of a branch to search for a hand-over. */
const SEARCHED = 200;

/** Commits up to `tip` whose message claims to hand over this workflow, newest first. */
export async function claimedCommits(
  git: PrivateGit,
  workflowId: string,
  tip: string,
): Promise<string[]> {
  const format = `--format=%H %(trailers:key=${WORKFLOW_TRAILER},valueonly,separator=%x20)`;
  const list = await git.run(['rev-list', `--max-count=${SEARCHED}`, format, tip, '--']);
  return textOf(list)
    .split('\n')
    .filter((line) => line.split(' ').slice(1).includes(workflowId))
    .flatMap((line) => line.split(' ')[0] ?? []);
}

/**
 * Whether a commit is exactly the judged work: its parent is the starting commit of the build or a commit of
 * the user's own branch, and it contains exactly the build's changes. The message proves nothing, because a
 * role can commit, too.
 */
export async function isWork(
  git: PrivateGit,
  { tree, start }: Pick<CheckpointRecord, 'tree' | 'start'>,
  commit: string,
  head: string | undefined,
): Promise<boolean> {
  const asked = ['rev-parse', `${commit}^{tree}`, `${commit}^@`];
  const [found, parent, ...others] = textOf(await git.run(asked)).split('\n');
  if (parent === undefined || others.length > 0) return false;
  if (parent === start) return found === tree;
  if (head === undefined) return false;
  const within = ['merge-base', '--is-ancestor', parent, head];
  if ((await git.run(within, { accept: [1] })).code !== 0) return false;
  const date = '@0 +0000';
  const work = await git.run(['commit-tree', tree, '-p', start], {
    input: Buffer.from('work\n'),
    env: { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date },
  });
  const merged = await mergeOnto(git, textOf(work), parent);
  return merged.conflicts.length === 0 && merged.tree === found;
}

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
