import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BatonError } from '@baton/core';
import { fieldsOf } from '../git/git.ts';
import type { PrivateGit } from './private-git.ts';

/** Where a private git keeps the ignore rules of the build. */
function ignoreFileOf(git: PrivateGit): string {
  return join(git.folder, 'info', 'ignore-rules');
}

/** Writes the ignore rules of the build for a private git. */
export async function writeIgnoreFile(git: PrivateGit, rules: Buffer): Promise<void> {
  await writeFile(ignoreFileOf(git), rules);
}

/**
 * Runs `git ls-files` with the build's own ignore rules. Ignore files in the worktree have no effect.
 *
 * @throws BatonError `unavailable` when a folder cannot be read, because it would count as empty.
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

/** Repositories inside the worktree that contain no file of the index, each with a final `/`. */
export async function nestedRepositories(git: PrivateGit): Promise<string[]> {
  return (await listFiles(git, '--others')).filter((path) => path.endsWith('/'));
}
