import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { turns } from '../../../api/turns.ts';
import { combineDiffs } from './combine-diffs.ts';
import { inverseOf, type Patch, pathOf } from './patch.ts';
import { readPatch } from './read-patch.ts';
import { createGitTrees, type GitTrees } from './testing/git-trees.ts';
import { type Chain, chain, type Tree, type TreeFile } from './testing/random-trees.ts';
import { textOfPatch } from './testing/text-of-patch.ts';

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const CASES = 300;
const cases = fc.sample(chain, { numRuns: CASES, seed });
const breathe = turns();

let git: GitTrees;
let diffs: ReadonlyMap<Tree, string>;
beforeAll(() => {
  const trees = cases.flatMap((one) => one.trees);
  git = createGitTrees(trees);
  const pairs = cases.flatMap(({ trees, parents }) =>
    trees.map((tree, at) => [trees[parents[at] ?? 0] ?? tree, tree] as const),
  );
  const found = git.diffs(pairs, '-p');
  diffs = new Map(trees.map((tree, at) => [tree, found[at] ?? '']));
}, 120_000);
afterAll(() => git.remove());

/** The steps from one tree to the other: up to where their ways meet, then down. */
function stepsOf({ parents, from, to }: Chain): readonly (readonly [number, 'up' | 'down'])[] {
  const up: number[] = [];
  const down: number[] = [];
  let [one, other] = [from, to];
  while (one !== other) {
    if (one > other) {
      up.push(one);
      one = parents[one] ?? 0;
    } else {
      down.unshift(other);
      other = parents[other] ?? 0;
    }
  }
  return [...up.map((at) => [at, 'up'] as const), ...down.map((at) => [at, 'down'] as const)];
}

function patchesOf(one: Chain): Promise<Patch[]> {
  const steps = stepsOf(one).map(async ([at, way]) => {
    const patch = await readPatch(diffs.get(one.trees[at] as Tree) ?? '', breathe);
    return way === 'up' ? inverseOf(patch) : patch;
  });
  return Promise.all(steps);
}

async function combinedOf(one: Chain): Promise<Patch> {
  let whole: Patch = { files: [], unnamed: 0 };
  for (const patch of await patchesOf(one)) whole = await combineDiffs(whole, patch, breathe);
  return whole;
}

const treesOf = ({ trees, from, to }: Chain) => [trees[from], trees[to]] as [Tree, Tree];
const isBinary = (path: string, { trees }: Chain) =>
  trees.some((tree) => tree.get(path)?.content.includes('\0'));

it(`make of one tree exactly the other, as git applies them (seed ${seed})`, async () => {
  const wrong: unknown[] = [];
  let shown = 0;
  for (const one of cases) {
    const [from, to] = treesOf(one);
    const patch = await combinedOf(one);
    const hidden = patch.files.filter((file) => file.hidden !== undefined).map(pathOf);
    const guessed = hidden.filter((path) => !isBinary(path, one));
    const text = textOfPatch(patch);
    if (text !== '') shown++;
    try {
      const made = git.applied(from, text, hidden, to);
      if (made === git.idOf(to) && guessed.length === 0) continue;
      wrong.push({ at: cases.indexOf(one), made, expected: git.idOf(to), guessed, text });
    } catch (reason) {
      wrong.push({ at: cases.indexOf(one), reason: String(reason), text });
    }
  }
  expect(wrong.slice(0, 2)).toEqual([]);
  // Most cases have something to apply.
  expect(shown).toBeGreaterThan(CASES / 2);
}, 300_000);

it(`name no file that is the same on both sides (seed ${seed})`, async () => {
  for (const one of cases) {
    const [from, to] = treesOf(one);
    for (const file of (await combinedOf(one)).files) {
      const path = pathOf(file);
      expect([path, from.get(path)]).not.toEqual([path, to.get(path)]);
    }
  }
});

it(`put each hunk where its lines are, on both sides (seed ${seed})`, async () => {
  let hunksOfFiles = 0;
  for (const one of cases) {
    const [from, to] = treesOf(one);
    for (const { before, after, hunks } of (await combinedOf(one)).files) {
      hunksOfFiles = Math.max(hunksOfFiles, hunks.length);
      for (const hunk of hunks) {
        const side = (without: '-' | '+') =>
          hunk.lines.filter(({ sign }) => sign !== without).map(({ text }) => text);
        expect(linesAt(from.get(before?.path ?? ''), hunk.before, side('+'))).toEqual(side('+'));
        expect(linesAt(to.get(after?.path ?? ''), hunk.after, side('-'))).toEqual(side('-'));
      }
    }
  }
  expect(hunksOfFiles).toBeGreaterThan(2);
});

/** As many lines of a file as are given, from a place on. */
function linesAt(file: TreeFile | undefined, start: number, { length }: readonly string[]) {
  const all = file?.content.split(/(?<=\n)/) ?? [];
  return all.filter((line) => line !== '').slice(start, start + length);
}

it(`have the lines of the shortest change in most cases, and never more than the way has (seed ${seed})`, async () => {
  const plain = cases.filter((one) => !one.trees.some((tree) => hasOdd(tree)));
  const minimal = git.diffs(plain.map(treesOf), '--numstat', '--minimal').map(countsOf);
  let same = 0;
  for (const [at, one] of plain.entries()) {
    const own = sumOf(await combinedOf(one));
    const [added, removed] = minimal[at] ?? [0, 0];
    const way = await Promise.all((await patchesOf(one)).map(sumOf));
    expect(own.added - own.removed).toBe(added - removed);
    expect(own.added).toBeGreaterThanOrEqual(added);
    // Each line that is left was changed on the way: equal lines outside of all hunks are not known.
    expect(own.added).toBeLessThanOrEqual(way.reduce((sum, step) => sum + step.added, 0));
    expect(own.removed).toBeLessThanOrEqual(way.reduce((sum, step) => sum + step.removed, 0));
    if (own.added === added) same++;
  }
  expect(plain.length).toBeGreaterThan(CASES / 10);
  expect(same / plain.length).toBeGreaterThan(0.9);
});

/** Git counts no lines of binary files, and those of links and files apart. */
function hasOdd(tree: Tree): boolean {
  return [...tree.values()].some(
    ({ mode, content }) => mode === '120000' || content.includes('\0'),
  );
}

function countsOf(numstat: string): readonly [number, number] {
  const rows = numstat
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((row) => row.split('\t'));
  const sum = (at: number) => rows.reduce((all, row) => all + Number(row[at]), 0);
  return [sum(0), sum(1)];
}

function sumOf({ files }: Patch) {
  const signs = files.flatMap(({ hunks }) =>
    hunks.flatMap(({ lines }) => lines.map(({ sign }) => sign)),
  );
  const count = (sign: string) => signs.filter((one) => one === sign).length;
  return { added: count('+'), removed: count('-') };
}
