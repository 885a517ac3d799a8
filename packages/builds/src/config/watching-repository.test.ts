import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { printRepository } from '@baton/adapters/workspace';
import type { Assignment, Note, Outcome, RoleContext } from '@baton/core';
import { expect, it } from 'vitest';
import { createRepository } from '../../../adapters/src/testing/git.ts';
import { temporaryFolder } from '../../../adapters/src/testing/temporary-folder.ts';
import { watchingRepository } from './build-roles.ts';

function setUp() {
  const repository = temporaryFolder();
  const git = createRepository(repository);
  writeFileSync(join(repository, 'a.txt'), 'a\n');
  git('add', '.');
  git('commit', '--quiet', '--message', 'Begin');
  const noted: Note[] = [];
  const context = { note: (one: Note) => noted.push(one) } as unknown as RoleContext;
  const perform = (work: () => void): Promise<Outcome> =>
    watchingRepository(
      {
        role: 'code_writer',
        async perform() {
          work();
          return { kind: 'advance', result: {} };
        },
      },
      () => printRepository(repository, process.env),
    ).perform({} as Assignment, context);
  const write = (path: string, text = 'x\n'): void => {
    mkdirSync(join(repository, path, '..'), { recursive: true });
    writeFileSync(join(repository, path), text);
  };
  return { git, noted, perform, write };
}

const ADVANCE = { kind: 'advance', result: {} };
const STOPPED = "while 'code_writer' worked, what git runs in the repository itself was changed: ";

it.each<[string, (at: ReturnType<typeof setUp>) => void]>([
  ['the setting core.fsmonitor', ({ git }) => git('config', 'core.fsmonitor', '/tmp/x')],
  ['the setting filter.x.smudge', ({ git }) => git('config', 'filter.x.smudge', 'cat')],
  ['the setting include.path', ({ git }) => git('config', 'include.path', '/tmp/x')],
  ['hooks/post-merge', ({ write }) => write('.git/hooks/post-merge')],
  ['info/attributes', ({ write }) => write('.git/info/attributes')],
  ['objects/info/alternates', ({ write }) => write('.git/objects/info/alternates', '')],
])('stops the build where a role changes %s', async (name, change) => {
  const at = setUp();
  const outcome = await at.perform(() => change(at));
  expect(outcome).toMatchObject({ kind: 'fail', reason: expect.stringContaining(STOPPED + name) });
});

it.each<[string, (at: ReturnType<typeof setUp>) => void]>([
  ['refs/heads/main', ({ git }) => git('commit', '--quiet', '--allow-empty', '--message', 'x')],
  ['refs/tags/v1', ({ git }) => git('tag', 'v1')],
  ['HEAD', ({ git }) => git('symbolic-ref', 'HEAD', 'refs/heads/other')],
  ['a.txt', ({ write }) => write('a.txt', 'evil\n')],
  ['the index', ({ git }) => git('update-index', '--force-remove', 'a.txt')],
])('notes that %s was changed meanwhile, which the user may have done', async (name, change) => {
  const at = setUp();
  expect(await at.perform(() => change(at))).toEqual(ADVANCE);
  expect(at.noted).toMatchObject([
    { code: 'repository_changed', message: expect.stringContaining(name) },
  ]);
});

it('reports neither unchanged files, nor tracked branches, nor what Baton writes', async () => {
  const { git, noted, perform, write } = setUp();
  write('a.txt', 'changed before\n');
  const outcome = await perform(() => {
    git('update-ref', 'refs/baton/wf_1', 'HEAD');
    git('branch', 'baton/work');
    git('config', 'branch.main.remote', 'origin');
    write('untracked.txt');
  });
  expect([outcome, noted]).toEqual([ADVANCE, []]);
});
