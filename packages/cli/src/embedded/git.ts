import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { BatonError } from '@baton/core';

const run = promisify(execFile);
const MOST_OUTPUT = 64 * 1024 * 1024;

/**
 * What a git command prints, trimmed at its end; undefined when it fails.
 *
 * @throws BatonError `invalid_input` when there is no git.
 */
export async function git(cwd: string, args: readonly string[]): Promise<string | undefined> {
  const env = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  try {
    const { stdout } = await run('git', [...args], {
      cwd,
      env: Object.fromEntries(env),
      maxBuffer: MOST_OUTPUT,
    });
    return stdout.trimEnd();
  } catch (reason) {
    const missing = reason instanceof Error && 'code' in reason && reason.code === 'ENOENT';
    if (missing) throw new BatonError('invalid_input', 'there is no git on PATH; builds need it');
    return undefined;
  }
}
