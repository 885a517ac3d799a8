import { execFile } from 'node:child_process';
import { realpathSync, statSync } from 'node:fs';
import { promisify } from 'node:util';
import { BatonError } from '@baton/core';

const run = promisify(execFile);

/**
 * The real path of a workspace that builds can start from. Asked before a build is begun, for later
 * the build would fail instead of the command.
 *
 * @throws BatonError `not_found` or `invalid_input` saying what to do about it.
 */
export async function checkRepository(path: string): Promise<string> {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new BatonError('not_found', `the workspace ${path} is not a folder`);
  }
  const root = realpathSync(path);
  const top = await git(root, ['rev-parse', '--show-toplevel']);
  if (top === undefined) {
    throw unusable(root, 'it is not a git repository: run `git init` and commit the files there');
  }
  if (top !== root) throw unusable(root, `it lies inside the repository ${top}: name that instead`);
  if ((await git(root, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'])) === undefined) {
    throw unusable(root, 'it has no commit yet: commit the files to build on first');
  }
  return root;
}

async function git(cwd: string, args: readonly string[]): Promise<string | undefined> {
  const env = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  try {
    const { stdout } = await run('git', [...args], { cwd, env: Object.fromEntries(env) });
    return stdout.trim();
  } catch (reason) {
    const missing = reason instanceof Error && 'code' in reason && reason.code === 'ENOENT';
    if (missing) throw new BatonError('invalid_input', 'there is no git on PATH; builds need it');
    return undefined;
  }
}

function unusable(workspace: string, problem: string): BatonError {
  const message = `builds cannot start from the workspace ${workspace}: ${problem}`;
  return new BatonError('invalid_input', message, {
    violations: [{ field: 'workspace', description: problem }],
  });
}
