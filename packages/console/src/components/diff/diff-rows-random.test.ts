import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createGitTrees, type GitTrees } from './compare/testing/git-trees.ts';
import { chain, type Tree, type TreeFile } from './compare/testing/random-trees.ts';
import { readDiff } from './diff-rows.ts';
import type { DiffRow, ReadDiff } from './rows.ts';

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const CASES = 200;
const pairs = fc
  .sample(chain, { numRuns: CASES, seed })
  .map(({ trees, from, to }) => [trees[from] as Tree, trees[to] as Tree] as const);

let git: GitTrees;
let diffs: readonly string[];
beforeAll(() => {
  git = createGitTrees(pairs.flat());
  diffs = git.diffs(pairs, '-p');
}, 120_000);
afterAll(() => git.remove());

it(`shows of git's diffs every changed file, every line at its place, and every mode (seed ${seed})`, async () => {
  let changedModes = 0;
  for (const [at, [before, after]] of pairs.entries()) {
    const { files, rows } = await read(diffs[at] ?? '');
    const paths = [...new Set([...before.keys(), ...after.keys()])];
    const differ = (path: string) =>
      before.get(path)?.content !== after.get(path)?.content ||
      before.get(path)?.mode !== after.get(path)?.mode;
    expect([...new Set(files.map(({ path }) => path))].sort()).toEqual(paths.filter(differ).sort());
    for (const [place, { path, change, row }] of files.entries()) {
      const [was, is] = [before.get(path), after.get(path)];
      const own = rows.slice(row + 1, files[place + 1]?.row);
      const old = change === 'added' ? undefined : was;
      const expected = change === 'deleted' ? undefined : is;
      expect([path, change]).toEqual([path, kindOf(old, expected)]);
      if (old && expected && old.mode !== expected.mode) {
        changedModes++;
        expect(own[0]).toMatchObject({ kind: 'note' });
        expect(JSON.stringify(own[0])).toContain(expected.mode);
      }
      if (isBinary(old) || isBinary(expected)) continue;
      expect([path, applied(old?.content ?? '', own)]).toEqual([path, expected?.content ?? '']);
    }
  }
  expect(changedModes).toBeGreaterThan(5);
});

const isBinary = (file: TreeFile | undefined) => file?.content.includes('\0') === true;

function kindOf(before: TreeFile | undefined, after: TreeFile | undefined) {
  if (before === undefined) return 'added';
  return after === undefined ? 'deleted' : 'changed';
}

/** What the rows of a file make of it: each has to agree with the line that it stands for. */
function applied(content: string, rows: readonly DiffRow[]): string {
  const old = content.split(/(?<=\n)/);
  let made = '';
  let at = 0;
  for (const [place, row] of rows.entries()) {
    if (row.kind !== 'line') continue;
    const next = rows[place + 1];
    const isCut = next?.kind === 'note' && next.text === 'No newline at end of file';
    const line = `${row.text}${isCut ? '' : '\n'}`;
    if (row.before === undefined) {
      made += line;
      continue;
    }
    while (at < row.before - 1) made += old[at++];
    expect(old[at++]).toBe(line);
    if (row.after !== undefined) made += line;
  }
  return made + old.slice(at).join('');
}

async function read(text: string): Promise<ReadDiff> {
  async function* pieces() {
    yield text;
  }
  return (await Array.fromAsync(readDiff(pieces()))).at(-1) as ReadDiff;
}
