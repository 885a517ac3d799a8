import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createRepository } from '../../../adapters/src/testing/git.ts';
import { temporaryFolder } from '../../../adapters/src/testing/temporary-folder.ts';
import { askGit, git } from './git.ts';

function emptyRepository(): string {
  const folder = temporaryFolder();
  createRepository(folder);
  return folder;
}

test('a folder that is not there is not taken for a missing git', async () => {
  const folder = emptyRepository();
  writeFileSync(join(folder, 'file'), '');
  for (const cwd of [join(folder, 'gone'), join(folder, 'file')]) {
    await expect(git(cwd, ['--version'])).rejects.toMatchObject({
      code: 'invalid_input',
      message: `the folder to run git in, ${cwd}, does not exist or is not a folder`,
    });
  }
});

test('an answer and a no are told apart from a refusal, which is told in the words of git', async () => {
  const folder = emptyRepository();
  expect(await git(folder, ['rev-parse', '--is-inside-work-tree'])).toBe('true');
  const head = ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'];
  expect(await git(folder, head)).toBeUndefined();
  writeFileSync(join(folder, '.git/config'), '[core\n');
  await expect(git(folder, head)).rejects.toMatchObject({
    code: 'invalid_input',
    message: 'git rev-parse failed: bad config line 1 in file .git/config',
  });
  expect(await git(folder, head, /bad config/)).toBeUndefined();
  expect(await askGit(folder, head)).toBeUndefined();
});
