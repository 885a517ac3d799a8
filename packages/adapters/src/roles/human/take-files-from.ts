import type { Workspace } from '@baton/core';
import { runCommand } from '../../process/run-command.ts';

const REVISION = /^[\w][\w./@-]*$/;
const TIMEOUT_MS = 60_000;

/**
 * Copies the files of a branch or commit into the workspace. Returns the problem, or undefined on success.
 */
export async function takeFilesFrom(
  revision: string,
  { path }: Workspace,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (!REVISION.test(revision)) return `'${revision}' is no name of a branch or commit`;
  const git = (...args: readonly string[]) =>
    runCommand({ argv: ['git', ...args], cwd: path, timeoutMs: TIMEOUT_MS, signal });
  const commit = `${revision}^{commit}`;
  const known = await git('rev-parse', '--verify', '--quiet', '--end-of-options', commit);
  if (known.exitCode !== 0) return `this repository has no branch or commit '${revision}'`;
  const taken = await git('restore', `--source=${known.stdout.trim()}`, '--worktree', '--', ':/');
  return taken.exitCode === 0 ? undefined : `the files cannot be taken: ${taken.stderr.trim()}`;
}
