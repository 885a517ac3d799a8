import { createGit, gitText } from '@baton/adapters/workspace';
import { BatonError } from '@baton/core';

/** Every exit code is looked at here. */
const ANY_CODE = Array.from({ length: 256 }, (_, code) => code);
/** Only what changes a repository waits for locks, and nothing here does. */
const lockWaitMs = 0;

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
  const run = createGit({ env: process.env, lockWaitMs });
  const result = await run(args, { cwd, accept: ANY_CODE }).catch((reason) => {
    throw new BatonError('invalid_input', BatonError.from(reason).message, { cause: reason });
  });
  if (result.code === 0) return gitText(result).trimEnd();
  const said = wordsOf(result.stderr);
  if ((result.code === 1 && said === '') || no?.test(said)) return undefined;
  const how = said === '' ? `it ended with ${result.code}` : said;
  throw new BatonError('invalid_input', `git ${args[0]} failed: ${how}`);
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
