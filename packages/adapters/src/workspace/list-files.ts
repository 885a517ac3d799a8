import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BatonError } from '@baton/core';
import { fieldsOf } from '../git/git.ts';
import type { PrivateGit } from './private-git.ts';

/** Where a private git keeps the build's rules of what to ignore. */
function ignoreFileOf(git: PrivateGit): string {
  return join(git.folder, 'info', 'ignore-rules');
}

/** Gives a private git the build's rules of what to ignore. */
export async function writeIgnoreFile(git: PrivateGit, rules: Buffer): Promise<void> {
  await writeFile(ignoreFileOf(git), rules);
}

/**
 * What `git ls-files` answers by the build's own rules of what to ignore. The ignore files that lie
 * in the worktree now have no say.
 *
 * @throws BatonError `unavailable` when a folder cannot be read: it would count as empty.
 */
export async function listFiles(git: PrivateGit, ...options: readonly string[]): Promise<string[]> {
  const listed = await git.run([
    'ls-files',
    '-z',
    ...options,
    `--exclude-from=${ignoreFileOf(git)}`,
  ]);
  if (listed.stderr.includes('could not open directory')) {
    throw new BatonError('unavailable', `the workspace cannot be read: ${listed.stderr.trim()}`);
  }
  return fieldsOf(listed);
}

/** Repositories inside the worktree that no file of the index lies in, each with a `/` at the end. */
export async function nestedRepositories(git: PrivateGit): Promise<string[]> {
  return (await listFiles(git, '--others')).filter((path) => path.endsWith('/'));
}
