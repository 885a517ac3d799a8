import { expect, it } from 'vitest';
import { turns } from '../../../api/turns.ts';
import { combineDiffs } from './combine-diffs.ts';
import { diffOfPatch } from './diff-of-patch.ts';
import { inverseOf, type Patch } from './patch.ts';
import { readPatch } from './read-patch.ts';

const breathe = turns();

async function combined(...texts: readonly string[]): Promise<Patch> {
  let whole: Patch = { files: [], unnamed: 0 };
  for (const text of texts)
    whole = await combineDiffs(whole, await readPatch(text, breathe), breathe);
  return whole;
}

/** What is seen of a change, a line each. */
async function seen(patch: Patch): Promise<readonly string[]> {
  const { rows } = await diffOfPatch(patch, breathe);
  return rows.map((row) => {
    if (row.kind === 'file') return `${row.file.was ?? ''}${row.file.path}: ${row.file.change}`;
    if (row.kind !== 'line') return row.text;
    return `${{ insert: '+', delete: '-', normal: ' ' }[row.change]}${row.text}`;
  });
}

const id = (letter: string) => letter.repeat(40);
const head = (path: string, ids: string, more = '') =>
  `diff --git a/${path} b/${path}\n${more}index ${ids}\n--- a/${path}\n+++ b/${path}\n`;
const changed = (path: string, [before, after]: string, body: string) =>
  `${head(path, `${id(before ?? '')}..${id(after ?? '')} 100644`)}${body}`;
const added = (path: string, letter: string, body: string) =>
  `${head(path, `${id('0')}..${id(letter)}`, 'new file mode 100644\n').replace(`--- a/${path}`, '--- /dev/null')}${body}`;
const deleted = (path: string, letter: string, body: string) =>
  `${head(path, `${id(letter)}..${id('0')}`, 'deleted file mode 100644\n').replace(`+++ b/${path}`, '+++ /dev/null')}${body}`;

const ADDED = added('a.txt', 'a', '@@ -0,0 +1,2 @@\n+one\n+two\n');

it('shows a file that was added, then changed, as added as it is', async () => {
  const change = changed('a.txt', 'ab', '@@ -1,2 +1,2 @@\n one\n-two\n+2\n');
  expect(await seen(await combined(ADDED, change))).toEqual([
    'a.txt: added',
    '@@ -0,0 +1,2 @@',
    '+one',
    '+2',
  ]);
});

it('has nothing of a file that was added, then deleted, and of one that was changed back', async () => {
  const gone = deleted('a.txt', 'a', '@@ -1,2 +0,0 @@\n-one\n-two\n');
  expect((await combined(ADDED, gone)).files).toEqual([]);
  const there = changed('a.txt', 'ab', '@@ -1,2 +1,2 @@\n one\n-two\n+2\n');
  const back = changed('a.txt', 'ba', '@@ -1,2 +1,2 @@\n one\n-2\n+two\n');
  expect((await combined(there, back)).files).toEqual([]);
});

it('shows a file that was deleted, then added again, by the lines that differ', async () => {
  const gone = deleted('a.txt', 'a', '@@ -1,3 +0,0 @@\n-one\n-two\n-three\n');
  const again = added('a.txt', 'b', '@@ -0,0 +1,3 @@\n+one\n+2\n+three\n');
  expect(await seen(await combined(gone, again))).toEqual([
    ...['a.txt: changed', '@@ -1,3 +1,3 @@'],
    ...[' one', '-two', '+2', ' three'],
  ]);
});

it('adds up hunks that are far from each other, by the line numbers of both sides', async () => {
  const one = changed('a.txt', 'ab', '@@ -1,2 +1,3 @@\n first\n+new\n second\n');
  const two = changed('a.txt', 'bc', '@@ -101,2 +101,1 @@\n-gone\n last\n');
  expect(await seen(await combined(one, two))).toEqual([
    'a.txt: changed',
    ...['@@ -1,2 +1,3 @@', ' first', '+new', ' second'],
    ...['@@ -100,2 +101 @@', '-gone', ' last'],
  ]);
});

it('tells a last line with a newline from one without, and keeps a carriage return', async () => {
  const cut = changed('a.txt', 'ab', '@@ -1 +1 @@\n-end\r\n+end\r\n\\ No newline at end of file\n');
  expect(await seen(await combined(cut))).toEqual([
    ...['a.txt: changed', '@@ -1 +1 @@', '-end\r', '+end\r', 'No newline at end of file'],
  ]);
  const back = inverseOf(await combined(cut));
  expect((await combineDiffs(await combined(cut), back, breathe)).files).toEqual([]);
});

it('says what became of modes, links and empty files', async () => {
  const executable = 'diff --git a/run.sh b/run.sh\nold mode 100644\nnew mode 100755\n';
  const empty = `diff --git a/empty b/empty\nnew file mode 100644\nindex ${id('0')}..${id('e')}\n`;
  const link = `${deleted('l', 'a', '@@ -1 +0,0 @@\n-text\n')}${added('l', 'b', '@@ -0,0 +1 @@\n+to\n').replace('100644', '120000')}`;
  expect(await seen(await combined(executable + empty + link))).toEqual([
    ...['empty: added', 'An empty file'],
    ...['l: changed', 'file (100644) → symbolic link (120000)', '@@ -1 +1 @@', '-text', '+to'],
    ...['run.sh: changed', 'file (100644) → executable file (100755)'],
  ]);
});

it('names what cannot be shown, and shows nothing of it that was known before', async () => {
  const change = changed('a.txt', 'ab', '@@ -1 +1 @@\n-one\n+1\n');
  const leftOut = '[a.txt: changed, and left out, for it holds a secret]\n[3 more changed files]\n';
  const sure = changed('b.txt', 'ab', '@@ -1 +1 @@\n-one\n+1\n');
  expect(await seen(await combined(change, leftOut, sure))).toEqual([
    ...['a.txt: changed', 'Changed, and cannot be shown: it holds a secret'],
    ...[
      'b.txt: changed',
      'Changed, and cannot be shown: another diff on the way does not name all files',
    ],
    '[up to 3 more changed files, which are not named]',
  ]);
});

it('compares binary files by their ids', async () => {
  const binary = (from: string, to: string) =>
    `diff --git a/i.png b/i.png\nindex ${id(from)}..${id(to)} 100644\nBinary files a/i.png and b/i.png differ\n`;
  const shown = ['i.png: changed', 'Changed, and cannot be shown: it is a binary file'];
  expect(await seen(await combined(binary('a', 'b'), binary('b', 'c')))).toEqual(shown);
  expect(await seen(await combined(binary('a', 'b'), binary('b', 'a')))).toEqual([]);
});

it('names a file whose bytes differ in no line that is text', async () => {
  const one = changed('latin.txt', 'ab', '@@ -1 +1 @@\n-\uFFFD\n+x\n');
  const two = changed('latin.txt', 'bc', '@@ -1 +1 @@\n-x\n+\uFFFD\n');
  expect(await seen(await combined(one, two))).toEqual([
    ...[
      'latin.txt: changed',
      'Changed, and cannot be shown: it holds bytes that are no UTF-8 text',
    ],
  ]);
});

it('follows a file to another name, and names a copy', async () => {
  const moved = `diff --git a/old.txt b/new.txt\nsimilarity index 90%\nrename from old.txt\nrename to new.txt\nindex ${id('a')}..${id('b')} 100644\n--- a/old.txt\n+++ b/new.txt\n@@ -1 +1 @@\n-one\n+two\n`;
  const copy = 'diff --git a/x b/y\nsimilarity index 100%\ncopy from x\ncopy to y\n';
  const change = changed('new.txt', 'bc', '@@ -1 +1 @@\n-two\n+three\n');
  expect(await seen(await combined(moved + copy, change))).toEqual([
    ...['old.txtnew.txt: renamed', '@@ -1 +1 @@', '-one', '+three'],
    ...['y: added', 'Changed, and cannot be shown: it is a copy of another file'],
  ]);
});

it('reads names that git quotes, and names with blanks', async () => {
  const quoted = String.raw`"a/\303\274 \"x\".txt" "b/\303\274 \"x\".txt"`;
  const text = `diff --git ${quoted}\nold mode 100644\nnew mode 100755\ndiff --git a/b c b/b c\nold mode 100644\nnew mode 100755\n`;
  expect((await combined(text)).files.map(({ after }) => after?.path)).toEqual([
    'b c',
    'ü "x".txt',
  ]);
});

it('refuses diffs that do not meet: in a line, an id, or whether the file is there', async () => {
  const one = changed('a.txt', 'ab', '@@ -1 +1 @@\n-one\n+two\n');
  const other = changed('a.txt', 'bc', '@@ -1 +1 @@\n-TWO\n+three\n');
  await expect(combined(one, other)).rejects.toThrow(
    String.raw`do not fit together: in a.txt, line 1 is "two\n" in one and "TWO\n" in the other`,
  );
  const later = changed('a.txt', 'cd', '@@ -9 +9 @@\n-x\n+y\n');
  await expect(combined(one, later)).rejects.toThrow('its id is bbbb');
  await expect(combined(one, ADDED)).rejects.toThrow('there after one and not there before');
});

it.each([
  ['nothing of git\n', "line 1: expected 'diff --git'"],
  [changed('a', 'ab', '@@ -1,3 +1 @@\n-one\n'), 'more lines of a hunk, found the end'],
  [changed('a', 'ab', '@@ -1 +1 @@\n-one\n-two\n'), 'as many lines as the head says'],
  [changed('a', 'ab', '@@ what @@\n'), 'the head of a hunk'],
])('refuses a text that is no diff: %j', async (text, message) => {
  await expect(readPatch(text, breathe)).rejects.toThrow(message);
});

it('combines a file of 40,000 lines that is written anew twice, without comparing each with each', async () => {
  const numbers = Array.from({ length: 40_000 }, (_, at) => at);
  const body = (one: string, other: string) =>
    `@@ -1,40000 +1,40000 @@\n${numbers.map((at) => `-${one}${at}\n`).join('')}${numbers.map((at) => `+${other}${at}\n`).join('')}`;
  const whole = await combined(
    changed('a', 'ab', body('a', 'b')),
    changed('a', 'bc', body('b', 'c')),
  );
  expect((await diffOfPatch(whole, breathe)).files).toMatchObject([
    { added: 40_000, removed: 40_000 },
  ]);
}, 120_000);
