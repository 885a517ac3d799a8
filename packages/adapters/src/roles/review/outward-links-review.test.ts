import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { createTestRepository, writeFiles } from '../../workspace/testing/test-repository.ts';
import { assignmentOf, contextOf } from '../testing/perform.ts';
import { outwardLinksReview } from './reviews.ts';

const done = { kind: 'advance', result: { summary: 'linked' } } as const;

/** The findings of the review after `work` in a workspace with the file `src/a.js`. */
async function found(work: (root: string) => void): Promise<readonly string[]> {
  const repository = createTestRepository({ 'src/a.js': 'a\n', '.gitignore': 'dist/\n' });
  const workspace = await repository.provider().open('w', undefined);
  work(workspace.path);
  return outwardLinksReview(done, assignmentOf(), contextOf(workspace));
}

it('refuses links out of the workspace, to what is there and to what is not', async () => {
  const outside = temporaryFolder();
  writeFileSync(join(outside, 'add.js'), 'a\n');
  const violations = await found((root) => {
    rmSync(join(root, 'src/a.js'));
    symlinkSync(join(outside, 'add.js'), join(root, 'src/a.js'));
    symlinkSync('../../later', join(root, 'b'));
  });
  expect(violations).toEqual([
    `links lead to files that no digest covers: b -> ../../later, src/a.js -> ${outside}/add.js; put files in their place, or link to files of the build that are not ignored`,
  ]);
});

it('refuses links to ignored files and folders', async () => {
  const violations = await found((root) => {
    writeFiles(root, { 'dist/b.js': 'b\n' });
    symlinkSync('dist/b.js', join(root, 'file'));
    symlinkSync('file', join(root, 'twice'));
    symlinkSync('dist', join(root, 'folder'));
  });
  expect(violations).toEqual([
    expect.stringContaining(': file -> dist/b.js, folder -> dist, twice -> file;'),
  ]);
});

it('lets links to files and folders of the build pass, and those to nothing', async () => {
  const violations = await found((root) => {
    mkdirSync(join(root, 'lib'));
    symlinkSync('../src/a.js', join(root, 'lib/a.js'));
    symlinkSync('src', join(root, 'sources'));
    symlinkSync('.', join(root, 'root'));
    symlinkSync('nowhere', join(root, 'dangling'));
  });
  expect(violations).toEqual([]);
});

it('has nothing to say about links that the build began with, nor without a workspace', async () => {
  const repository = createTestRepository({ 'a.txt': 'a\n' });
  symlinkSync('/etc/hostname', join(repository.path, 'host'));
  repository.git(['add', 'host']);
  repository.git(['commit', '--quiet', '--message', 'a link']);
  const workspace = await repository.provider().open('w', undefined);
  for (const context of [contextOf(workspace), contextOf()]) {
    expect(await outwardLinksReview(done, assignmentOf(), context)).toEqual([]);
  }
});
