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
