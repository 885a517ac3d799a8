import { join, resolve } from 'node:path';
import { readIfThere } from '../files/files.ts';
import { defaultSettingsFile, type Environment } from '../git/environment.ts';
import { type Git, textOf } from '../git/git.ts';
import type { Repository } from '../git/repository.ts';
import { idOf, listTree, modeOf, readBlobs, type TreeEntries } from '../git/tree-entries.ts';

/*
 * The user decides which files checkpoints leave out, never a role:
 * 1. All rules come from before the build: the user's settings, the starting commit, and the caller's. An
 *    ignore file that a role writes or changes is an ordinary file.
 * 2. They form one list in git's order of precedence, so that one directory walk of git applies them.
 */

export interface IgnoreRulesSource {
  readonly git: Git;
  readonly env: Environment;
  readonly repository: Repository;
  /** The commit that the build started from. */
  readonly start: string;
  /** Further rules in the syntax of `.gitignore`; they override all others. */
  readonly ignored: readonly string[];
}

/** The rules of a build in git's order, weakest first. */
export async function ignoreRules(source: IgnoreRulesSource): Promise<Buffer> {
  const texts = [
    ...(await outerRules(source)).map((text) => rulesBelow('', text)),
    ...(await rulesOfCommit(source)),
    ...source.ignored.map((rule) => `${Buffer.from(rule).toString('latin1')}\n`),
  ];
  return Buffer.from(texts.join(''), 'latin1');
}

/** `core.excludesFile` or its default path, then the repository's `info/exclude`. */
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

/** The `.gitignore` files of the starting commit, outer folders first. */
async function rulesOfCommit({ git, repository, start }: IgnoreRulesSource): Promise<string[]> {
  const call = { cwd: repository.root, env: { GIT_NO_REPLACE_OBJECTS: '1' } };
  const entries = await listTree((args) => git(args, call), start);
  const blobs = (ids: readonly string[]) => readBlobs(git, ids, call);
  return rulesOfTree('', entries, blobs);
}

/**
 * The rules of the `.gitignore` files among `entries`, outer folders first, rewritten for a file above
 * `folder` (empty, or ending with a slash), which contains the entries.
 */
export async function rulesOfTree(
  folder: string,
  entries: TreeEntries,
  readAll: (ids: readonly string[]) => Promise<readonly Buffer[]>,
): Promise<string[]> {
  const files = [...entries].filter(
    // Like git, follow no link of this name.
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

/** A wildmatch class that matches only a newline, which a rule cannot contain itself. */
const NEWLINE = '[^\x01-\x09\x0b-\xff]';
const BYTE_ORDER_MARK = '\xef\xbb\xbf';

/**
 * Rewrites the rules of an ignore file in `folder` (empty, or ending with a slash) for a file at the root:
 * they apply only below the folder. Rules are bytes, one character each (latin1), and are parsed like git
 * does (`add_patterns_from_buffer` and `parse_path_pattern` in its dir.c).
 */
export function rulesBelow(folder: string, text: string): string {
  const place = escaped(folder);
  const lines = text.startsWith(BYTE_ORDER_MARK) ? text.slice(BYTE_ORDER_MARK.length) : text;
  return lines
    .split('\n')
    .map((line) => ruleBelow(place, line))
    .join('');
}

function ruleBelow(place: string, line: string): string {
  const [written = ''] = line.replace(/\r$/, '').split('\0');
  const rule = withoutTrailingSpaces(written);
  if (rule === '' || rule.startsWith('#')) return '';
  if (place === '') return `${rule}\n`;
  const [sign, pattern] = rule.startsWith('!') ? ['!', rule.slice(1)] : ['', rule];
  // A final slash selects folders; any other slash anchors the pattern.
  const tied = pattern.replace(/\/$/, '');
  if (tied === '') return '';
  const below = tied.includes('/') ? pattern.replace(/^\//, '') : `**/${pattern}`;
  return `${sign}/${place}${below}\n`;
}

/** Spaces at the end count only when they are escaped. */
function withoutTrailingSpaces(line: string): string {
  let end = 0;
  for (let at = 0; at < line.length; at += 1) {
    if (line[at] === ' ') continue;
    if (line[at] === '\\') at += 1;
    end = at + 1;
  }
  return line.slice(0, end);
}

function escaped(folder: string): string {
  return folder.replace(/[\\*?[]/g, '\\$&').replaceAll('\n', NEWLINE);
}
