import { renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { photograph } from './testing/photograph.ts';
import { createTestRepository, writeFiles } from './testing/test-repository.ts';

test.each<readonly [string, (path: string) => void, string]>([
  ['deleted', (path) => rmSync(path, { recursive: true }), 'is gone'],
  [
    'replaced by a link to a copy',
    (path) => {
      renameSync(path, `${path}-moved`);
      symlinkSync(`${path}-moved`, path);
    },
    'is no longer a folder',
  ],
  [
    'replaced by a link to another folder',
    (path) => {
      const other = temporaryFolder();
      writeFiles(other, { 'a.txt': 'of another\n' });
      rmSync(path, { recursive: true });
      symlinkSync(other, path);
    },
    'is no longer a folder',
  ],
  [
    'replaced by a file',
    (path) => {
      rmSync(path, { recursive: true });
      writeFileSync(path, '');
    },
    'is no longer a folder',
  ],
])(
  'a worktree that was %s while a role worked is told, not followed, and made anew',
  async (_, spoil, told) => {
    const repository = createTestRepository();
    const provider = repository.provider();
    const { path, ...workspace } = await provider.open('w', undefined);
    const before = photograph(path);
    spoil(path);
    for (const asked of [
      workspace.digest(),
      workspace.checkpoint('x'),
      workspace.files(),
      workspace.changedFiles('start'),
    ]) {
      await expect(asked).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringContaining(`the worktree ${path} ${told}`),
      });
    }
    await provider.open('w', undefined);
    expect(photograph(path)).toEqual(before);
  },
);

test('a link in the place of a worktree goes, and nothing of what it leads to', async () => {
  const repository = createTestRepository();
  const provider = repository.provider();
  const { path } = await provider.open('w', undefined);
  const other = temporaryFolder();
  writeFiles(other, { 'a.txt': 'of another\n', 'b.txt': 'b\n' });
  const before = photograph(other);
  rmSync(path, { recursive: true });
  symlinkSync(other, path);
  await provider.open('w', undefined);
  expect(photograph(other)).toEqual(before);
  rmSync(path, { recursive: true });
  symlinkSync(other, path);
  await provider.remove('w');
  expect(photograph(other)).toEqual(before);
});

test('a folder that is gone is not taken for a missing git, nor a missing git for a folder', async () => {
  const { createGit } = await import('../git/git.ts');
  const home = temporaryFolder();
  const { env } = createTestRepository();
  const git = createGit({ env, lockWaitMs: 0 });
  await expect(git(['--version'], { cwd: join(home, 'gone') })).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining(`${join(home, 'gone')}, does not exist`),
  });
  const without = createGit({ env: { ...env, PATH: home }, lockWaitMs: 0 });
  await expect(without(['--version'], { cwd: home })).rejects.toMatchObject({
    code: 'invalid_input',
    message: expect.stringMatching(/^git was not found: install/),
  });
});
