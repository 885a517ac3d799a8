import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gitEnvironment } from '@baton/adapters/workspace';
import { BatonError } from '@baton/core';

const run = promisify(execFile);
const MOST_OUTPUT = 64 * 1024 * 1024;

/**
 * What a git command prints, trimmed at its end; undefined when it answers no, which is exit code 1
 * without a word.
 *
 * @param no what else means no, in what it says on stderr.
 * @throws BatonError `invalid_input` when there is no git, when the folder is not there, or when git refuses, in its own words with
 * the remedy that it names.
 */
export async function git(
  cwd: string,
  args: readonly string[],
  no?: RegExp,
): Promise<string | undefined> {
  try {
    const { stdout } = await run('git', [...args], {
      cwd,
      // What it says is compared, and is in English as all that is said here.
      env: gitEnvironment(process.env),
      maxBuffer: MOST_OUTPUT,
    });
    return stdout.trimEnd();
  } catch (reason) {
    const { code, stderr } = reason as { readonly code?: unknown; readonly stderr?: string };
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      const folder = await stat(cwd).catch(() => undefined);
      if (!folder?.isDirectory()) {
        throw new BatonError('invalid_input', `${cwd} is not there, or is no folder`);
      }
      throw new BatonError('invalid_input', 'there is no git on PATH; builds need it');
    }
    const said = wordsOf(stderr ?? '');
    if ((code === 1 && said === '') || no?.test(said)) return undefined;
    const how = said === '' ? `it ended with ${String(code)}` : said;
    throw new BatonError('invalid_input', `git ${args[0]} failed: ${how}`, { cause: reason });
  }
}

/** The same where a refusal is told elsewhere: undefined then. */
export function askGit(cwd: string, args: readonly string[]): Promise<string | undefined> {
  return git(cwd, args, /^/);
}

/** What git says on stderr, without empty lines. */
function wordsOf(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.replaceAll('\t', '  ').trimEnd());
  return lines
    .filter((line) => line !== '')
    .join('\n')
    .replace(/^fatal: /, '');
}
