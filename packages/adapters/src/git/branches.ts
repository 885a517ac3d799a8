import { BatonError } from '@baton/core';
import { type Git, textOf } from './git.ts';
import type { Repository } from './repository.ts';

/** The branches of the user's repository. */
export interface Branches {
  /** The commit of `HEAD`. */
  head(): Promise<string | undefined>;
  /** The commit of a branch; undefined when the branch does not exist. */
  tip(branch: string): Promise<string | undefined>;
  /** The working tree in which the branch is checked out. */
  checkedOutIn(branch: string): Promise<string | undefined>;
  /**
   * Creates a branch, or moves it from a known commit.
   *
   * @throws BatonError `invalid_input` when git does not accept the name.
   */
  move(branch: string, to: string, from: string | undefined): Promise<void>;
}

export function branchesOf(git: Git, repository: Repository): Branches {
  const call = { cwd: repository.root, env: { GIT_NO_REPLACE_OBJECTS: '1' } };
  const commitAt = async (revision: string): Promise<string | undefined> => {
    const ask = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`];
    const found = await git(ask, { ...call, accept: [1, 128] });
    return found.code === 0 ? textOf(found) : undefined;
  };
  return {
    head: () => commitAt('HEAD'),
    tip: (branch) => commitAt(`refs/heads/${branch}`),

    async checkedOutIn(branch) {
      const listed = textOf(await git(['worktree', 'list', '--porcelain'], call));
      const blocks = listed.split('\n\n').map((block) => block.split('\n'));
      const found = blocks.find((lines) => lines.includes(`branch refs/heads/${branch}`));
      return found?.[0]?.replace(/^worktree /, '');
    },

    async move(branch, to, from) {
      const name = `refs/heads/${branch}`;
      const update = ['update-ref', '--no-deref', name, to, from ?? '0'.repeat(to.length)];
      try {
        await git(['check-ref-format', name], call);
        await git(update, call);
      } catch (reason) {
        const error = BatonError.from(reason);
        const description = `git makes no branch ${branch}: ${error.message}; name another one`;
        throw new BatonError('invalid_input', description, {
          violations: [{ field: 'branch', description }],
          cause: error,
        });
      }
    },
  };
}
