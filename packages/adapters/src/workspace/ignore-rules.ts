import { join, resolve } from 'node:path';
import { readIfThere } from '../files/files.ts';
import { defaultSettingsFile, type Environment } from '../git/environment.ts';
import { type Git, textOf } from '../git/git.ts';
import { listTree } from '../git/list-tree.ts';
import { readBlobs } from '../git/read-blobs.ts';
import type { Repository } from '../git/repository.ts';
import { idOf, modeOf, type TreeEntries } from '../git/tree-entries.ts';
import { rulesBelow } from './rules-below.ts';

/*
 * Which files are left out of checkpoints is for the user to say, never for a role:
 * 1. All rules come from before the build: the user's settings, the commit that it began at, and what
 *    the caller names. An ignore file that a role writes or changes is a file like any other.
 * 2. They are one list in git's own order of precedence, so that one walk of git's can apply them.
 */

export interface IgnoreRulesSource {
  readonly git: Git;
  readonly env: Environment;
  readonly repository: Repository;
  /** The commit that the build began at. */
  readonly start: string;
  /** Further rules, in the syntax of `.gitignore`; they outrank all others. */
  readonly ignored: readonly string[];
}

/** The rules of a build, weakest first, as git ranks them. */
export async function ignoreRules(source: IgnoreRulesSource): Promise<Buffer> {
  const texts = [
    ...(await outerRules(source)).map((text) => rulesBelow('', text)),
    ...(await rulesOfCommit(source)),
    ...source.ignored.map((rule) => `${Buffer.from(rule).toString('latin1')}\n`),
  ];
  return Buffer.from(texts.join(''), 'latin1');
}

/** `core.excludesFile` (or its default place), then the repository's `info/exclude`. */
async function outerRules({ git, repository, env }: IgnoreRulesSource): Promise<string[]> {
  const configured = await git(['config', '--type=path', '--get', 'core.excludesFile'], {
    cwd: repository.root,
    accept: [1],
  });
  const global =
    configured.code === 0
      ? resolve(repository.root, textOf(configured))
      : defaultSettingsFile(env, 'ignore');
  const files = [global, join(repository.commonDir, 'info', 'exclude')];
  return (await Promise.all(files.map(readIfThere))).map(
    (bytes) => bytes?.toString('latin1') ?? '',
  );
}

/** The `.gitignore` files of the starting commit, those of outer folders first. */
async function rulesOfCommit({ git, repository, start }: IgnoreRulesSource): Promise<string[]> {
  const call = { cwd: repository.root, env: { GIT_NO_REPLACE_OBJECTS: '1' } };
  const entries = await listTree((args) => git(args, call), start);
  const blobs = (ids: readonly string[]) => readBlobs(git, ids, call);
  return rulesOfTree('', entries, blobs);
}

/**
 * The rules of the `.gitignore` files among `entries`, outer folders first, as if they were written
 * above `folder` (empty, or ending in a slash), where the entries lie.
 */
export async function rulesOfTree(
  folder: string,
  entries: TreeEntries,
  readAll: (ids: readonly string[]) => Promise<readonly Buffer[]>,
): Promise<string[]> {
  const files = [...entries].filter(
    // Git follows no link of this name, and neither do we.
    ([path, entry]) => /(?:^|\/)\.gitignore$/.test(path) && modeOf(entry).startsWith('100'),
  );
  files.sort(([one], [other]) => depthOf(one) - depthOf(other));
  const texts = await readAll(files.map(([, entry]) => idOf(entry)));
  return files.map(([path], at) =>
    rulesBelow(
      `${folder}${path.slice(0, path.length - '.gitignore'.length)}`,
      (texts[at] ?? Buffer.alloc(0)).toString('latin1'),
    ),
  );
}

function depthOf(path: string): number {
  return path.split('/').length;
}
