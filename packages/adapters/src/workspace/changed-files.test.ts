import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createTestRepository, writeFiles } from './testing/test-repository.ts';

test('changed files are those added, changed and deleted, since entry or since the build began', async () => {
  const repository = createTestRepository({
    'a.txt': 'a\n',
    'b.txt': 'b\n',
    '.gitignore': 'out\n',
  });
  const provider = repository.provider();
  const first = await provider.open('w', undefined);
  expect(await first.changedFiles('entry')).toEqual([]);
  writeFiles(first.path, {
    'a.txt': 'changed\n',
    'ünï cödé/new\n.txt': 'n\n',
    'out/x': 'ignored\n',
  });
  rmSync(join(first.path, 'b.txt'));
  const all = ['a.txt', 'b.txt', 'ünï cödé/new\n.txt'];
  expect(await first.changedFiles('entry')).toEqual(all);
  expect(await first.changedFiles('start')).toEqual(all);

  const checkpoint = await first.checkpoint('implementation');
  const second = await provider.open('w', checkpoint);
  expect(await second.changedFiles('entry')).toEqual([]);
  writeFileSync(join(second.path, 'a.txt'), 'a\n');
  symlinkSync('a.txt', join(second.path, 'link'));
  expect(await second.changedFiles('entry')).toEqual(['a.txt', 'link']);
  expect(await second.changedFiles('start')).toEqual(['b.txt', 'link', 'ünï cödé/new\n.txt']);
});

test('a snapshot keeps its answers, whatever becomes of the files', async () => {
  const repository = createTestRepository({ 'a.txt': 'a\n', 'b.txt': 'b\n' });
  const workspace = await repository.provider().open('w', undefined);
  writeFiles(workspace.path, { 'a.txt': 'changed\n' });
  const digest = await workspace.digest();
  const snapshot = await workspace.snapshot();
  writeFiles(workspace.path, { 'c.txt': 'c\n' });
  rmSync(join(workspace.path, 'b.txt'));
  expect(await snapshot.digest()).toBe(digest);
  expect(await snapshot.files()).toEqual(['a.txt', 'b.txt']);
  expect(await snapshot.changedFiles('entry')).toEqual(['a.txt']);
  expect(await snapshot.changedFiles('start')).toEqual(['a.txt']);
  expect(await snapshot.digest('entry')).toBe(await workspace.digest('entry'));
  expect(await workspace.changedFiles('entry')).toEqual(['a.txt', 'b.txt', 'c.txt']);
  expect(await workspace.digest()).not.toBe(digest);
});

test('a file that became a folder counts as deleted and added', async () => {
  const repository = createTestRepository({ thing: 'file\n' });
  const workspace = await repository.provider().open('w', undefined);
  rmSync(join(workspace.path, 'thing'));
  mkdirSync(join(workspace.path, 'thing'));
  writeFileSync(join(workspace.path, 'thing', 'inside'), 'x\n');
  expect(await workspace.changedFiles('entry')).toEqual(['thing', 'thing/inside']);
});
