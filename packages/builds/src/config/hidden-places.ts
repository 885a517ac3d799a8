import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/**
 * Returns the folders with builds of every repository, at their configured places.
 *
 * @param states the folder with Baton's state of each repository.
 */
export function otherBuilds(states: string): readonly string[] {
  const places = namesIn(states).flatMap((repository) => {
    const builds = join(states, repository, 'builds');
    return namesIn(builds).flatMap((build) => textOf(join(builds, build, 'place')) ?? []);
  });
  return [...new Set(places.map(dirname))];
}

/** Where the rest of a repository lies: its git folder, and the checkouts that share it. */
export function otherCheckouts(repository: string): readonly string[] {
  const common = commonFolder(repository);
  const main = basename(common) === '.git' ? [dirname(common)] : [];
  const worktrees = join(common, 'worktrees');
  const linked = namesIn(worktrees).flatMap((name) => {
    const link = textOf(join(worktrees, name, 'gitdir'));
    return link === undefined ? [] : [dirname(resolve(worktrees, name, link))];
  });
  return [common, ...main, ...linked];
}

function commonFolder(repository: string): string {
  const link = join(repository, '.git');
  const gitDir = /^gitdir: (.+)$/m.exec(textOf(link) ?? '')?.[1];
  if (gitDir === undefined) return link;
  const own = resolve(repository, gitDir);
  return resolve(own, textOf(join(own, 'commondir')) ?? '.');
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    // Nothing there, then.
    return [];
  }
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}
