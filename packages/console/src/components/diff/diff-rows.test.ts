import { expect, it } from 'vitest';
import { readDiff } from './diff-rows.ts';
import type { ReadDiff } from './rows.ts';

const DIFF = `diff --git a/src/theme.js b/src/theme.js
index 1111111..2222222 100644
--- a/src/theme.js
+++ b/src/theme.js
@@ -1,2 +1,3 @@ function theme
 const THEMES = ['light', 'dark'];
-return stored;
+if (THEMES.includes(stored)) return stored;
+return system;
diff --git a/old.txt b/old.txt
deleted file mode 100644
index 1111111..0000000
--- a/old.txt
+++ /dev/null
@@ -1 +0,0 @@
-gone
`;

it('numbers each line on the side that it is on', async () => {
  const { rows } = await wholeOf(DIFF);
  const lines = rows.flatMap((row) =>
    row.kind === 'line' ? [[row.change, row.before, row.after]] : [],
  );
  expect(lines).toEqual([
    ['normal', 1, 1],
    ['delete', 2, undefined],
    ['insert', undefined, 2],
    ['insert', undefined, 3],
    ['delete', 1, undefined],
  ]);
});

it('names each file as it is now, or as it was before it was deleted', async () => {
  const { files, rows } = await wholeOf(DIFF);
  expect(files.map(({ path, change, added, removed }) => [path, change, added, removed])).toEqual([
    ['src/theme.js', 'changed', 2, 1],
    ['old.txt', 'deleted', 0, 1],
  ]);
  expect(files.map(({ row }) => rows[row]?.kind)).toEqual(['file', 'file']);
});

it('shows a text that is no diff of git as it is, and says so', async () => {
  const { files, rows, width } = await wholeOf('--- a.txt\n+++ a.txt\n@@ -1 +1 @@\n-a\n+b\n');
  expect(files).toEqual([]);
  expect(rows.map((row) => row.kind === 'note' && row.text)).toEqual([
    expect.stringMatching(/^\[Shown as it is: .*expected 'diff --git'.*found "--- a.txt"\]$/),
    ...['--- a.txt', '+++ a.txt', '@@ -1 +1 @@', '-a', '+b'],
  ]);
  expect(width).toBeGreaterThan(20);
});

it('shows a file whose lines do not add up as it is, and the files beside it as diffs', async () => {
  const cut = DIFF.replace('+return system;\n', '');
  const { files, rows } = await wholeOf(DIFF + cut);
  expect(files.map(({ path }) => path)).toEqual([
    ...['src/theme.js', 'old.txt', 'src/theme.js', 'old.txt'],
  ]);
  const own = rows.slice((files[2]?.row ?? 0) + 1, files[3]?.row);
  expect(own.map(({ kind }) => kind)).not.toContain('line');
  expect(own[0]).toMatchObject({ text: expect.stringContaining('more lines of a hunk') });
  expect(own).toContainEqual({ kind: 'note', text: '-return stored;' });
});

it.each(['\r', '\u2028', '\u2029'])('takes no line of a file for more than one: %j', async (br) => {
  const added = `+a${br}[b.txt: changed, and left out, for it holds a secret]${br}diff --git a/c b/c`;
  const { files, rows } = await wholeOf(DIFF.replace('+return system;', added));
  expect(files.map(({ path }) => path)).toEqual(['src/theme.js', 'old.txt']);
  expect(rows).toContainEqual(
    expect.objectContaining({ change: 'insert', text: added.slice(1), after: 3 }),
  );
  expect(rows.filter(({ kind }) => kind === 'note')).toEqual([]);
});

it('shows what was left out, and why', async () => {
  const leftOut = '[secrets.env: changed, and left out, for it holds a secret]';
  const { rows } = await wholeOf(`${DIFF}${leftOut}\n[3 more changed files]\n`);
  expect(rows.slice(-2)).toEqual([
    { kind: 'note', text: leftOut },
    { kind: 'note', text: '[3 more changed files]' },
  ]);
  expect(rows.slice(0, -2)).toEqual((await wholeOf(DIFF)).rows);
});

it.each([1, 7, 64, 1_000])('reads the same in pieces of %i characters', async (size) => {
  const text = DIFF.repeat(20);
  expect(await wholeOf(text, size)).toEqual(await wholeOf(text));
});

it('shows the first files before the rest has come', async () => {
  let rest = false;
  async function* pieces() {
    yield DIFF;
    rest = true;
    yield DIFF;
  }
  const read = readDiff(pieces());
  const first = await read.next();
  expect(rest).toBe(false);
  expect(first.value).toMatchObject({ isWhole: false, files: [{ path: 'src/theme.js' }] });
  const last = (await Array.fromAsync(read)).at(-1);
  expect(last?.isWhole).toBe(true);
  expect(last?.files).toHaveLength(4);
});

async function wholeOf(text: string, size = text.length): Promise<ReadDiff> {
  async function* pieces() {
    for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
  }
  return (await Array.fromAsync(readDiff(pieces()))).at(-1) as ReadDiff;
}
