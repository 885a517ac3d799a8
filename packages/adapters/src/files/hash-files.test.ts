import { execFileSync } from 'node:child_process';
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { hashFiles } from './hash-files.ts';

const byGit = (root: string, path: string): string =>
  execFileSync('git', ['hash-object', '--no-filters', path], {
    cwd: root,
    encoding: 'utf8',
  }).trim();

test('many files, which workers share, have the ids that git gives them, in their order', async () => {
  const root = temporaryFolder();
  mkdirSync(join(root, 'many'));
  const paths = Array.from({ length: 4_500 }, (_, at) => `many/${at}.txt`);
  for (const path of paths) writeFileSync(join(root, path), path);
  const hashed = await hashFiles(root, paths, 'sha1');
  expect(hashed).toHaveLength(paths.length);
  for (const at of [0, 2_249, 2_250, 4_499]) {
    expect(hashed[at]).toBe(`100644 ${byGit(root, paths[at] ?? '')}`);
  }
});

test('a large file holds nothing else up while it is hashed', async () => {
  const root = temporaryFolder();
  writeFileSync(join(root, 'large.bin'), '');
  truncateSync(join(root, 'large.bin'), 64 * 1024 * 1024);
  writeFileSync(join(root, 'small.txt'), 'small');
  let turns = 0;
  const counting = setInterval(() => {
    turns += 1;
  }, 1);
  const hashed = await hashFiles(root, ['large.bin', 'gone.txt', 'small.txt'], 'sha1');
  clearInterval(counting);
  expect(hashed).toEqual([
    `100644 ${byGit(root, 'large.bin')}`,
    undefined,
    `100644 ${byGit(root, 'small.txt')}`,
  ]);
  expect(turns).toBeGreaterThan(5);
});
