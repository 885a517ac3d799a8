import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createRepository } from '../../../adapters/src/testing/git.ts';
import { temporaryFolder } from '../../../adapters/src/testing/temporary-folder.ts';
import { workspaceSchema } from '../config/workspace-schema.ts';
import { checkProtected } from './check-protected.ts';

function emptyRepository() {
  const folder = temporaryFolder();
  return { folder, git: createRepository(folder) };
}

const examine = (folder: string, ...patterns: readonly string[]) =>
  checkProtected(
    { path: '/x.json', workspace: workspaceSchema.parse({ protected: patterns }) },
    folder,
  );

it('warns of patterns that match no committed file, by their place', async () => {
  const { folder, git } = emptyRepository();
  mkdirSync(join(folder, 'test/acceptance'), { recursive: true });
  writeFileSync(join(folder, 'test/acceptance/a b.js'), '');
  git('add', '.');
  git('commit', '--quiet', '--message', 'Begin');
  writeFileSync(join(folder, 'new.yml'), '');
  const fine = ['test/acceptance/', '!*.js', '/test/'];
  expect(await examine(folder, ...fine)).toEqual([]);
  expect(await examine(folder, ...fine, 'tests/', '*.yml', folder)).toEqual(
    ['tests/', '*.yml', folder].map((pattern, index) => ({
      name: `workspace.protected[${index + 3}]`,
      verdict: 'warning',
      found: `"${pattern}" matches no file of the last commit`,
      advice:
        'commit what it is for, or correct it in /x.json; it keeps such files from being added',
    })),
  );
});

it('has nothing to say where there is no commit', async () => {
  expect(await examine(emptyRepository().folder, 'tests/')).toEqual([]);
});
