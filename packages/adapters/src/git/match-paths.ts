import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGit } from './git.ts';

/** The user's git settings must not widen the patterns. */
const ENVIRONMENT = { GIT_CONFIG_GLOBAL: devNull, GIT_CONFIG_NOSYSTEM: '1' };
const HERE = './';

/**
 * Returns the `paths` that match one of `patterns`, in the syntax of `.gitignore`, as git matches them. A
 * pattern that ends with a slash also matches a file or link of that name, so that replacing the folder does
 * not evade the pattern.
 *
 * @throws BatonError `invalid_input` when git is not installed, `unavailable` when it fails.
 * @example
 * import { matchPaths } from '@baton/adapters/review';
 * await matchPaths(['*.js'], ['src/a.js', 'README.md']); // ['src/a.js']
 */
export async function matchPaths(
  patterns: readonly string[],
  paths: readonly string[],
): Promise<readonly string[]> {
  if (patterns.length === 0 || paths.length === 0) return [];
  // An empty repository has no ignore files, links or other files that could affect the result.
  const folder = await mkdtemp(join(tmpdir(), 'baton-patterns-'));
  try {
    const git = createGit({ env: process.env, lockWaitMs: 0 });
    const call = { cwd: folder, env: ENVIRONMENT };
    for (const inside of ['refs', 'objects', 'info']) {
      await mkdir(join(folder, '.git', inside), { recursive: true });
    }
    await writeFile(join(folder, '.git', 'HEAD'), 'ref: refs/heads/none\n');
    const lines = patterns.map((pattern) => `${pattern.replace(/\/$/, '')}\n`);
    await writeFile(join(folder, '.git', 'info', 'exclude'), lines.join(''));
    // A name that begins with a colon would be read as pathspec magic.
    const input = Buffer.from(paths.map((path) => `${HERE}${path}\0`).join(''));
    const found = await git(['check-ignore', '--no-index', '-z', '--stdin'], {
      ...call,
      input,
      accept: [1],
    });
    const matched = found.stdout.toString('utf8').split('\0').slice(0, -1);
    return matched.map((path) => path.slice(HERE.length));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Returns the `paths` that match one of `patterns`, as {@link matchPaths} does, and also those that a file
 * system may treat as a match: names that differ only in case, in Unicode composition, in invisible
 * characters, or in dots and blanks at the end. Use it for patterns that forbid; match patterns that permit
 * exactly.
 *
 * @throws BatonError as `matchPaths`.
 * @example
 * import { matchFolded } from '@baton/adapters/review';
 * await matchFolded(['test/'], ['Test/a.js', 'src/a.js']); // ['Test/a.js']
 */
export async function matchFolded(
  patterns: readonly string[],
  paths: readonly string[],
): Promise<readonly string[]> {
  const exact = new Set(await matchPaths(patterns, paths));
  const folded = new Map(paths.map((path) => [path, foldedPath(path)]));
  const alike = new Set(await matchPaths(patterns.map(fold), [...new Set(folded.values())]));
  return paths.filter((path) => exact.has(path) || alike.has(folded.get(path) ?? ''));
}

/** Unicode's canonical caseless matching, without ignorable characters. */
function fold(text: string): string {
  return text
    .normalize('NFD')
    .replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '')
    .toUpperCase()
    .toLowerCase()
    .replaceAll('ς', 'σ')
    .normalize('NFC');
}

/** Windows drops dots and blanks at the end of names. */
function foldedPath(path: string): string {
  const segments = fold(path).split('/');
  return segments.map((segment) => segment.replace(/[. ]+$/, '') || '_').join('/');
}
