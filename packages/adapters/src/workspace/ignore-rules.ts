import { join, resolve } from 'node:path';
import type { Environment } from './environment.ts';
import { readIfThere } from './files.ts';
import { fieldsOf, type Git, textOf } from './git.ts';
import type { Repository } from './repository.ts';
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
    configured.code === 0 ? resolve(repository.root, textOf(configured)) : defaultFile(env);
  const files = [global, join(repository.commonDir, 'info', 'exclude')];
  const found = files.map((file) => (file === undefined ? undefined : readIfThere(file)));
  return (await Promise.all(found)).map((bytes) => bytes?.toString('latin1') ?? '');
}

/** The `.gitignore` files of the starting commit, those of outer folders first. */
async function rulesOfCommit({ git, repository, start }: IgnoreRulesSource): Promise<string[]> {
  const call = { cwd: repository.root, env: { GIT_NO_REPLACE_OBJECTS: '1' } };
  const entries = fieldsOf(await git(['ls-tree', '-r', '-z', '--full-tree', start], call));
  const files = entries.flatMap((entry) => {
    // Git follows no link of this name, and neither do we.
    const [, oid = '', folder = ''] =
      /^100\d{3} blob ([0-9a-f]+)\t((?:.*\/)?)\.gitignore$/s.exec(entry) ?? [];
    return oid === '' ? [] : [{ oid, folder }];
  });
  files.sort((one, other) => depthOf(one.folder) - depthOf(other.folder));
  const texts: string[] = [];
  for (const { oid, folder } of files) {
    const { stdout } = await git(['cat-file', 'blob', oid], call);
    texts.push(rulesBelow(folder, stdout.toString('latin1')));
  }
  return texts;
}

function depthOf(folder: string): number {
  return folder.split('/').length;
}

function defaultFile(env: Environment): string | undefined {
  if (env['XDG_CONFIG_HOME']) return join(env['XDG_CONFIG_HOME'], 'git', 'ignore');
  return env['HOME'] ? join(env['HOME'], '.config', 'git', 'ignore') : undefined;
}
