import { expect, it } from 'vitest';
import {
  createTestRepository,
  writeFiles,
} from '../../../../adapters/src/workspace/testing/test-repository.ts';
import { turns } from '../../api/turns.ts';
import { readPatch } from './compare/read-patch.ts';
import { readDiff } from './diff-rows.ts';
import { readLeftOut, splitLeftOut } from './left-out.ts';

const holdsSecret = (text: string): boolean => text.includes('s3cret');

/** Names that a line in brackets could be taken apart at. */
const SECRETS = [
  'plain.txt',
  '[id].ts',
  'a]: changed, and left out, for it is mine]',
  '3 more changed files',
  'two\u2028lines',
  'two\rlines',
  'two\nlines',
  'fake\ndiff --git a/b.txt b/b.txt',
  '"quoted\\u0041\x01\\',
];

/** Files that a diff shows or names, at most. */
const MOST_FILES = 1000;

it('reads whatever the workspace of a runner writes of what it leaves out', async () => {
  const repository = createTestRepository();
  const workspace = await repository.provider().open('w', undefined);
  const named = Array.from({ length: MOST_FILES - SECRETS.length - 2 }, (_, at) => `n/${at}.txt`);
  const secrets = Object.fromEntries(SECRETS.map((path) => [path, 'a s3cret\n']));
  writeFiles(workspace.path, {
    ...secrets,
    'a large one.txt': 'x'.repeat(1024 * 1024 + 1),
    'fine.txt': '[fine.txt: changed, and left out, for it holds a secret]\n',
    ...Object.fromEntries(named.map((path) => [path, 'named\n'])),
    'z/1.txt': 'not named\n',
    'z/2.txt': 'not named\n',
  });
  await workspace.checkpoint('after implementation');
  const text = (await workspace.patch?.(holdsSecret)) ?? '';

  const lines = splitLeftOut(text).slice(1);
  expect(lines.map(readLeftOut)).toContainEqual({ kind: 'more', files: 2 });
  expect(lines.map(readLeftOut)).not.toContain(undefined);

  const { files, unnamed } = await readPatch(text, turns());
  expect(unnamed).toBe(2);
  const hidden = files.filter((file) => file.hidden !== undefined);
  expect(new Map(hidden.map((file) => [file.after?.path, file.hidden]))).toEqual(
    new Map([
      ...SECRETS.map((path) => [path, 'it holds a secret'] as const),
      ['a large one.txt', 'it is too large'] as const,
    ]),
  );
  expect(files).toHaveLength(MOST_FILES);

  async function* pieces() {
    yield text;
  }
  const shown = (await Array.fromAsync(readDiff(pieces()))).at(-1);
  expect(shown?.files).toHaveLength(MOST_FILES - hidden.length);
  expect(shown?.rows.slice(-lines.length)).toEqual(
    lines.map((line) => ({ kind: 'note', text: line })),
  );
});
