import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createTestRepository, writeFiles } from './testing/test-repository.ts';

const holdsSecret = (text: string): boolean => text.includes('s3cret');

test('the patch of a checkpoint shows what was changed since the workspace was opened', async () => {
  const repository = createTestRepository({ 'a.txt': 'one\ntwo\n', 'b.txt': 'gone\n' });
  const provider = repository.provider();
  const workspace = await provider.open('w', undefined);
  expect(await workspace.patch?.(holdsSecret)).toBe('');
  writeFiles(workspace.path, { 'a.txt': 'one\n2\n', 'ünï [c]/new.txt': 'new\n' });
  rmSync(join(workspace.path, 'b.txt'));
  const checkpoint = await workspace.checkpoint('after implementation');
  const patch = await workspace.patch?.(holdsSecret);
  expect(patch).toContain('-two\n+2\n');
  expect(patch).toContain('deleted file');
  expect(patch).toMatch(/^index [0-9a-f]{40}\.\.[0-9a-f]{40} 100644$/m);
  expect(patch).toContain('+new\n');
  const next = await provider.open('w', checkpoint);
  await next.checkpoint('after testing');
  expect(await next.patch?.(holdsSecret)).toBe('');
});

test('a name with a line break ends no line of a patch', async () => {
  const repository = createTestRepository();
  const workspace = await repository.provider().open('w', undefined);
  writeFiles(workspace.path, { 'a\ndiff --git a/fake b/fake': 's3cret', '"b"': 's3cret' });
  await workspace.checkpoint('after implementation');
  const why = 'changed, and left out, for it holds a secret';
  const lines = [
    String.raw`["\"b\"": ${why}]`,
    String.raw`["a\ndiff --git a/fake b/fake": ${why}]`,
  ];
  expect(await workspace.patch?.(holdsSecret)).toBe(`${lines.join('\n')}\n`);
});

test('a name that a reader could take for another one is written as it is in bytes', async () => {
  const repository = createTestRepository();
  const workspace = await repository.provider().open('w', undefined);
  // A control character, one that turns the direction of a text, and a separator of lines that is none to git.
  writeFiles(workspace.path, { 'a\x7f': 's3cret', 'b\u202e': 's3cret', 'c\u2028': 's3cret' });
  await workspace.checkpoint('after implementation');
  const patch = (await workspace.patch?.(holdsSecret)) ?? '';
  expect(patch.match(/(?<=^\[)".*?"/gm)).toEqual([
    String.raw`"a\177"`,
    String.raw`"b\342\200\256"`,
    String.raw`"c\342\200\250"`,
  ]);
});

test('a patch names a file whose name is no text, which git could not be asked for', async () => {
  const repository = createTestRepository();
  const workspace = await repository.provider().open('w', undefined);
  const name = Buffer.from([...Buffer.from(`${workspace.path}/evil-`), 0xff]);
  writeFileSync(name, 'rm -rf /\n');
  writeFiles(workspace.path, { 'seen.txt': 'seen\n' });
  await workspace.checkpoint('after implementation');
  const patch = (await workspace.patch?.(holdsSecret)) ?? '';
  expect(patch).toContain('+seen');
  expect(patch).toContain(
    '[evil-\ufffd: changed, and left out, for it has a name that is not UTF-8]',
  );
});

test('a patch names files that hold a secret, before or after, or are large, and shows none of them', async () => {
  const repository = createTestRepository({ 'old.txt': 's3cret\nline\n' });
  const workspace = await repository.provider().open('w', undefined);
  writeFiles(workspace.path, {
    'old.txt': 'line\n',
    'new.txt': 'a s3cret\n',
    'large.txt': 'x'.repeat(1024 * 1024 + 1),
    'binary.bin': Buffer.from([0, 1, 2, 255]),
    'fine.txt': 'fine\n',
  });
  await workspace.checkpoint('after implementation');
  const patch = (await workspace.patch?.(holdsSecret)) ?? '';
  expect(patch).toContain('+fine');
  expect(patch).toContain('Binary files /dev/null and b/binary.bin differ');
  expect(patch).toContain('[large.txt: changed, and left out, for it is too large]');
  expect(patch).toContain('[new.txt: changed, and left out, for it holds a secret]');
  expect(patch).toContain('[old.txt: changed, and left out, for it holds a secret]');
  expect(patch).not.toContain('s3cret');
  expect(patch.length).toBeLessThan(2000);
});
