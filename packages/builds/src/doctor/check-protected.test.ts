import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { workspaceSchema } from '../config/workspace-schema.ts';
import { checkProtected } from './check-protected.ts';

function createRepository() {
  const folder = mkdtempSync(join(tmpdir(), 'baton-protected-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=ada', '-c', 'user.email=ada@localhost', ...args], {
      cwd: folder,
    });
  git('init', '--quiet');
  return { folder, git };
}

const examine = (folder: string, ...patterns: readonly string[]) =>
  checkProtected(
    { path: '/x.json', workspace: workspaceSchema.parse({ protected: patterns }) },
    folder,
  );

it('warns of patterns that match no committed file, by their place', async () => {
  const { folder, git } = createRepository();
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
  expect(await examine(createRepository().folder, 'tests/')).toEqual([]);
});
