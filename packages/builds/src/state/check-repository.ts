import { realpathSync, statSync } from 'node:fs';
import { BatonError } from '@baton/core';
import { git } from './git.ts';

/** Not what git says of a worktree whose repository is gone. */
const NO_REPOSITORY = /not a git repository \(or any/;

/**
 * The real path of a workspace that builds can start from. Asked before a build is begun, for later
 * the build would fail instead of the command.
 *
 * @throws BatonError `not_found` or `invalid_input` saying what to do about it.
 */
export async function checkRepository(path: string): Promise<string> {
  const root = await repositoryRoot(path);
  if ((await git(root, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'])) === undefined) {
    throw unusable(root, 'it has no commit yet: commit the files to build on first');
  }
  return root;
}

/** The same for a repository that may still be without a commit. */
export async function repositoryRoot(path: string): Promise<string> {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new BatonError('not_found', `the workspace ${path} is not a folder`);
  }
  const root = realpathSync(path);
  const top = await topOf(root);
  if (top === undefined) {
    throw unusable(root, 'it is not a git repository: run `git init` and commit the files there');
  }
  if (top !== root) throw unusable(root, `it lies inside the repository ${top}: name that instead`);
  return root;
}

/** Undefined when there is no repository. Other errors carry git's own message. */
async function topOf(root: string): Promise<string | undefined> {
  try {
    return await git(root, ['rev-parse', '--show-toplevel'], NO_REPOSITORY);
  } catch (reason) {
    throw unusable(root, BatonError.from(reason).message);
  }
}

function unusable(workspace: string, problem: string): BatonError {
  const message = `builds cannot start from the workspace ${workspace}: ${problem}`;
  return new BatonError('invalid_input', message, {
    violations: [{ field: 'workspace', description: problem }],
  });
}

/** Returns the files that differ from the last commit, including untracked ones. */
export async function uncommittedFiles(repository: string): Promise<readonly string[]> {
  const found = await git(repository, [
    '--no-optional-locks',
    'status',
    '--porcelain',
    '-z',
    '--no-renames',
  ]);
  // Two letters of status and a blank stand before each path.
  return (found ?? '').split('\0').flatMap((line) => (line === '' ? [] : [line.slice(3)]));
}
