import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGit } from './git.ts';

/** Settings of whoever is here must not widen what the patterns say. */
const ENVIRONMENT = { GIT_CONFIG_GLOBAL: devNull, GIT_CONFIG_NOSYSTEM: '1' };
const HERE = './';

/**
 * Those of `paths` that one of `patterns` matches, in the syntax of `.gitignore`, as git itself
 * matches them. A pattern that ends in a slash matches a file or link of that name, too: one that
 * takes the place of a folder is no way around it.
 *
 * @throws BatonError `invalid_input` when there is no git, `unavailable` when it fails.
 * @example
 * import { matchPaths } from '@baton/adapters/review';
 * await matchPaths(['*.js'], ['src/a.js', 'README.md']); // ['src/a.js']
 */
export async function matchPaths(
  patterns: readonly string[],
  paths: readonly string[],
): Promise<readonly string[]> {
  if (patterns.length === 0 || paths.length === 0) return [];
  // An empty repository: no ignore files, no links, nothing on disk that could have a say.
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
    // A name that begins with a colon would be taken for a pathspec with magic.
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
