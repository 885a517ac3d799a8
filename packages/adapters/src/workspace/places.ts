import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve, sep } from 'node:path';
import type { Environment } from '../git/environment.ts';

/** Where Baton keeps what belongs to one repository, always outside of it. All paths are absolute. */
export interface Places {
  /** Records, locks and the state database. */
  readonly state: string;
  /** The worktrees of its builds, one subfolder for each. */
  readonly worktrees: string;
}

/** Characters of the repository's name in a folder's name. */
const LONGEST_NAME = 40;

/**
 * The folders for the repository whose root is the real path `root`. With `BATON_HOME`, both lie below it.
 * Without, the state lies in `$XDG_STATE_HOME/baton` (default `~/.local/state/baton`) and the worktrees in
 * `~/baton`, because tools that serve or collect files skip folders whose names begin with a dot.
 *
 * @example
 * import { placesOf } from '@baton/adapters/workspace';
 * placesOf('/home/ada/shop', process.env).worktrees; // '/home/ada/baton/shop-5d0c1c3a'
 */
export function placesOf(root: string, env: Environment): Places {
  const home = env['HOME'] || homedir();
  const digest = createHash('sha256').update(root).digest('hex').slice(0, 8);
  const name = basename(root)
    .replace(/[^A-Za-z0-9_-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, LONGEST_NAME);
  const key = `${name || 'repository'}-${digest}`;
  const own = env['BATON_HOME'];
  if (own) {
    const base = resolve(own);
    return { state: join(base, 'state', key), worktrees: join(base, 'worktrees', key) };
  }
  const states = env['XDG_STATE_HOME'] || join(home, '.local', 'state');
  return { state: join(states, 'baton', key), worktrees: join(home, 'baton', key) };
}

/**
 * Why builds would fail in the folder `directory`; undefined when they work there. Node resolves packages
 * upwards, so a `node_modules` above it makes undeclared dependencies appear installed.
 */
export function placeProblem(directory: string): string | undefined {
  for (let folder = dirname(directory); ; folder = dirname(folder)) {
    const packages = join(folder, 'node_modules');
    if (existsSync(packages)) return `packages would be found in ${packages}`;
    if (folder === dirname(folder)) return undefined;
  }
}

/** Whether a folder in the path has a name that begins with a dot. */
export function hasDotSegment(directory: string): boolean {
  return directory.split(sep).some((segment) => segment.startsWith('.') && segment !== '.');
}
