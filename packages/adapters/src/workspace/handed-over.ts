import { textOf } from '../git/git.ts';
import type { CheckpointRecord } from './checkpoint.ts';
import { mergeOnto } from './merge-onto.ts';
import type { PrivateGit } from './private-git.ts';

/** Names the workflow in the message of a commit that hands its work over. */
export const WORKFLOW_TRAILER = 'Baton-Workflow';

/** Commits of a branch among which a hand-over is looked for. */
const SEARCHED = 200;

/** Commits up to `tip` that say that they hand over the work of this workflow, newest first. */
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
 * Whether a commit is what was judged and nothing else: it stands on the commit that the build began at,
 * or on one that the user's own branch has, and changes there just what the build changed. What its
 * message says proves nothing, for a role can commit, too.
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
