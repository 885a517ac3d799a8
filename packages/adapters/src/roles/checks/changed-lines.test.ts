import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { folderWorkspace } from '../testing/folder-workspace.ts';
import { addedLines, changedLinesOf } from './changed-lines.ts';

it.each<[string, string, string, number[]]>([
  ['nothing', 'a\nb\n', 'a\nb\n', []],
  ['a new file', '', 'a\nb', [1, 2]],
  ['a line in the middle', 'a\nc\n', 'a\nb\nc\n', [2]],
  ['another line', 'a\nb\nc\n', 'a\nX\nc\n', [2]],
  ['a deletion', 'a\nb\nc\n', 'a\nc\n', []],
  ['the last line without an end', 'a', 'a\nb', [2]],
  ['line ends alone', 'a\nb\n', 'a\r\nb\r\n', []],
  ['lines apart', 'a\nb\nc\nd\n', 'X\nb\nc\nY\nZ\n', [1, 4, 5]],
])('of %s', async (_, before, now, lines) => {
  const added = await addedLines(before, now);
  expect(added).toEqual(lines);
});

it('what was not added stood in the file before, in its order', async () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(text, text, async (before, now) => {
      const end = (lines: string[]) => lines.map((line) => `${line}\n`).join('');
      const added = new Set(await addedLines(end(before), end(now)));
      const kept = now.filter((_, index) => !added.has(index + 1));
      let from = 0;
      for (const line of kept) {
        const at = before.indexOf(line, from);
        expect(at).toBeGreaterThanOrEqual(0);
        from = at + 1;
      }
    }),
  );
});

it('of a file that is another one altogether are all, without a long comparison', async () => {
  const lines = (word: string) => Array.from({ length: 8000 }, (_, i) => `${word} ${i}`).join('\n');
  expect(await addedLines(lines('old'), lines('new'))).toHaveLength(8000);
});

it('of a file whose lines are all in another order are all, after so many edits', async () => {
  const lines = Array.from({ length: 3000 }, (_, index) => `${index}`);
  const backwards = [...lines].reverse().join('\n');
  expect(await addedLines(lines.join('\n'), backwards)).toHaveLength(3000);
});

it('are those of changed files since the build began; what was deleted has none', async () => {
  const workspace = folderWorkspace({ 'a.ts': 'one\ntwo\n', 'gone.ts': 'x\n', 'same.ts': 'x\n' });
  workspace.write('a.ts', 'one\n// said\nTWO\n}\n');
  workspace.write('new.ts', '\nx\n');
  rmSync(join(workspace.path, 'gone.ts'));
  symlinkSync('/etc/hostname', join(workspace.path, 'out'));
  expect([...(await changedLinesOf(workspace))]).toEqual([
    ['a.ts', { lines: [2, 3, 4], code: [3], markers: [] }],
    ['new.ts', { lines: [1, 2], code: [2], markers: [] }],
  ]);
});

it('of a file that was moved are those that its old place did not have', async () => {
  const text = 'one\ntwo\nthree\nfour\n';
  const workspace = folderWorkspace({ 'old.ts': text, 'other.ts': 'x\ny\n' });
  for (const gone of ['old.ts', 'other.ts']) rmSync(join(workspace.path, gone));
  workspace.write('moved.ts', `${text}five\n`);
  workspace.write('then-copied.ts', text);
  workspace.write('unlike.ts', 'one\nX\nY\nZ\n');
  const changed = await changedLinesOf(workspace);
  expect(changed.get('moved.ts')?.lines).toEqual([5]);
  expect(changed.get('then-copied.ts')?.lines).toEqual([1, 2, 3, 4]);
  expect(changed.get('unlike.ts')?.lines).toEqual([1, 2, 3, 4]);
});

it('of a source with a byte that no text has are there, too', async () => {
  const workspace = folderWorkspace();
  workspace.write('a.js', 'const nul = "\0";\nrun();\n');
  expect((await changedLinesOf(workspace)).get('a.js')?.code).toEqual([1, 2]);
});

it('cannot be told of a workspace that is away', async () => {
  const workspace = folderWorkspace();
  workspace.write('a.ts', 'x');
  const resolve = async () => {
    throw Object.assign(new Error('denied'), { code: 'EACCES' });
  };
  await expect(changedLinesOf({ ...workspace, resolve })).rejects.toThrow('denied');
});
