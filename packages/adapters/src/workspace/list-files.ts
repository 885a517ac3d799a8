import { BatonError } from '@baton/core';
import { fieldsOf } from './git.ts';
import type { Shadow } from './shadow.ts';

/**
 * What `git ls-files` answers by the build's own rules of what to ignore. The ignore files that lie
 * in the worktree now have no say.
 *
 * @throws BatonError `unavailable` when a folder cannot be read: it would count as empty.
 */
export async function listFiles(shadow: Shadow, ...options: readonly string[]): Promise<string[]> {
  const listed = await shadow.run([
    ...['ls-files', '-z', ...options, `--exclude-from=${shadow.ignoreRules}`],
  ]);
  if (listed.stderr.includes('could not open directory')) {
    throw new BatonError('unavailable', `the workspace cannot be read: ${listed.stderr.trim()}`);
  }
  return fieldsOf(listed);
}
