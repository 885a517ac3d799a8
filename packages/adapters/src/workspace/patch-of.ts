import { pathBytes, pathText } from '../files/files.ts';
import { textOf } from '../git/git.ts';
import {
  differing,
  idOf,
  modeOf,
  readBlobs,
  SUBMODULE,
  type TreeEntries,
} from '../git/tree-entries.ts';
import type { PrivateGit } from './private-git.ts';

export interface PatchedTree {
  readonly tree: string;
  readonly entries: TreeEntries;
}

/** Changed files that are shown. */
const MOST_FILES = 1000;
/** Bytes of a file that is shown. */
const MOST_BYTES = 1024 * 1024;
/** Bytes of all files that are looked at. */
const MOST_BYTES_TOGETHER = 64 * 1024 * 1024;

/**
 * The change from one tree to another, as git writes patches. Files that hold a secret before or after are
 * left out whole, for a patch shows parts, and a part of a secret is not known as one; so are large ones.
 * What is left out is named at the end, a line in square brackets each, which readers of the diff rely on.
 */
export async function patchOf(
  git: PrivateGit,
  before: PatchedTree,
  after: PatchedTree,
  holdsSecret: (text: string) => boolean,
): Promise<string> {
  const changed = differing(before.entries, after.entries).sort();
  const blobsOf = (path: string): readonly string[] =>
    [before.entries.get(path), after.entries.get(path)].flatMap((entry) =>
      entry === undefined || modeOf(entry) === SUBMODULE ? [] : [idOf(entry)],
    );
  const candidates = changed.slice(0, MOST_FILES);
  const sizes = await sizesOf(git, candidates.flatMap(blobsOf));
  const hidden: string[] = [];
  const hide = (path: string, why: string): void => {
    hidden.push(`[${quoted(pathText(path))}: changed, and left out, for it ${why}]\n`);
  };
  const shown: string[] = [];
  let room = MOST_BYTES_TOGETHER;
  for (const path of candidates) {
    // Git would look for another one under the name that a text can hold.
    if (pathBytes(pathText(path)) !== path) {
      hide(path, 'has a name that is not UTF-8');
      continue;
    }
    const blobs = blobsOf(path);
    const bytes = blobs.reduce((sum, id) => sum + (sizes.get(id) ?? 0), 0);
    const isLarge = blobs.some((id) => (sizes.get(id) ?? 0) > MOST_BYTES) || bytes > room;
    if (isLarge) {
      hide(path, `is too large`);
      continue;
    }
    room -= bytes;
    const contents = await readBlobs((args, call) => git.run(args, call), blobs, { cwd: '' });
    const isSecret = contents.some((one) => holdsSecret(one.toString()));
    if (isSecret) hide(path, 'holds a secret');
    else shown.push(path);
  }
  const more = changed.length - candidates.length;
  if (more > 0) hidden.push(`[${more} more changed files]\n`);
  const patch = shown.length === 0 ? '' : await treePatch(git, [before.tree, after.tree], shown);
  return `${patch}${hidden.join('')}`;
}

/** A path as git writes it: quoted as in C where a line could not hold it as it is. */
function quoted(path: string): string {
  const escaped = path.replace(UNSAFE, (character) => ESCAPES[character] ?? octal(character));
  return escaped === path ? path : `"${escaped}"`;
}

/** Quotes, control characters, and what breaks or turns a line for a reader though git does not mind it. */
const UNSAFE = /["\\\p{Cc}\p{Cf}\u2028\u2029]/gu;
const ESCAPES: Readonly<Record<string, string>> = {
  ...{ '"': '\\"', '\\': '\\\\', '\n': '\\n', '\t': '\\t', '\r': '\\r' },
  ...{ '\b': '\\b', '\f': '\\f', '\v': '\\v', '\x07': '\\a' },
};

function octal(character: string): string {
  return [...Buffer.from(character)]
    .map((byte) => `\\${byte.toString(8).padStart(3, '0')}`)
    .join('');
}

async function treePatch(
  git: PrivateGit,
  trees: readonly string[],
  paths: readonly string[],
): Promise<string> {
  const plain = ['-r', '-p', '--no-ext-diff', '--no-textconv', '--no-color', '--no-renames'];
  // Patches are put together later, by whole ids: a shortened one may come to mean another blob.
  const whole = ['--full-index'];
  const names = paths.map(pathText);
  const args = ['--literal-pathspecs', 'diff-tree', ...plain, ...whole, ...trees, '--', ...names];
  const { stdout } = await git.run(args);
  return stdout.toString('utf8');
}

async function sizesOf(
  git: PrivateGit,
  ids: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (ids.length === 0) return new Map();
  const input = Buffer.from(ids.map((id) => `${id}\n`).join(''));
  const check = ['cat-file', '--batch-check=%(objectname) %(objectsize)'];
  const lines = textOf(await git.run(check, { input })).split('\n');
  return new Map(
    lines.map((line) => {
      const [id = '', size] = line.split(' ');
      return [id, Number(size)];
    }),
  );
}
