import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createGitWorkspaceProvider } from './git-workspace-provider.ts';
import {
  createTestRepository,
  type TestRepository,
  writeFiles,
} from './testing/test-repository.ts';

/** A `git` that dies in its `last` call, before the work or halfway. */
function createDyingGit(repository: TestRepository, last: number, when: 'before' | 'during') {
  const folder = join(repository.home, `dying-${last}-${when}`);
  mkdirSync(folder);
  const count = join(folder, 'count');
  writeFileSync(count, '0\n');
  const real = repository.env['PATH'];
  const during = when === 'during' ? `( exec git "$@" ) & sleep 0.004; kill -9 $!;` : '';
  writeFileSync(
    join(folder, 'git'),
    `#!/bin/sh
PATH='${real}'
read calls < '${count}'
calls=$((calls + 1))
echo $calls > '${count}'
if [ $calls -ge ${last} ]; then ${during} kill -9 $$; fi
exec git "$@"
`,
    { mode: 0o755 },
  );
  return { PATH: folder };
}

test.each(['before', 'during'] as const)(
  'a build that died %s any git command of its first opening opens again',
  async (when) => {
    let died = true;
    let last = 1;
    for (; died; last += 1) {
      const repository = createTestRepository({ 'a.txt': 'one\n', 'dir/b.txt': 'b\n' });
      const dying = repository.provider(createDyingGit(repository, last, when));
      died = await dying.open('w', undefined).then(
        () => false,
        () => true,
      );
      const provider = repository.provider();
      const { path, ...workspace } = await provider.open('w', undefined);
      expect(await workspace.digest()).toBe(repository.git(['rev-parse', 'HEAD^{tree}']).trim());
      expect(repository.git(['status', '--porcelain'], path)).toBe('');
      expect(repository.git(['worktree', 'list']).trim().split('\n')).toHaveLength(1);
    }
    expect(last).toBeGreaterThan(10);
  },
);

test('a build that died during any git command of a restore is restored by the next opening', async () => {
  const repository = createTestRepository({ '.gitignore': 'x\n', 'a.txt': 'one\n' });
  const provider = repository.provider();
  const { path, ...workspace } = await provider.open('w', undefined);
  writeFiles(path, { 'b.txt': 'b\n', 'dir/c.txt': 'c\n' });
  const checkpoint = await workspace.checkpoint('x');
  let died = true;
  let last = 1;
  for (; died; last += 1) {
    writeFiles(path, { '.gitignore': 'y\n', 'a.txt': 'spoiled\n', 'new.txt': 'n\n' });
    rmSync(join(path, 'dir'), { recursive: true, force: true });
    died = await repository
      .provider(createDyingGit(repository, last, 'during'))
      .open('w', checkpoint)
      .then(
        () => false,
        () => true,
      );
    const again = await provider.open('w', checkpoint);
    expect(await again.digest()).toBe(checkpoint.digest);
    expect(existsSync(join(path, 'new.txt'))).toBe(false);
    expect(readdirSync(repository.build('w').scratch)).toEqual([]);
  }
  expect(last).toBeGreaterThan(10);
});

const DAMAGES: readonly [string, (repository: TestRepository, path: string) => void][] = [
  ['whose folder is gone', (_, path) => rmSync(path, { recursive: true })],
  ['whose git folder is gone', ({ build }) => rmSync(build('w').git, { recursive: true })],
  [
    'whose git folder lost its refs',
    ({ build }) => rmSync(join(build('w').git, 'refs'), { recursive: true }),
  ],
  [
    'whose git folder has a setting that git cannot read',
    ({ build }) => writeFileSync(join(build('w').git, 'config'), '[core'),
  ],
  [
    'whose git folder points to another',
    ({ build, path }) => writeFileSync(join(build('w').git, 'commondir'), join(path, '.git')),
  ],
  ['whose .git file is gone', (_, path) => rmSync(join(path, '.git'))],
  ['whose .git file is torn', (_, path) => truncateSync(join(path, '.git'))],
  [
    'that a role turned into a repository of its own',
    ({ git }, path) => {
      rmSync(join(path, '.git'));
      git(['init', '--quiet'], path);
    },
  ],
  [
    'that is a file',
    (_, path) => {
      rmSync(path, { recursive: true });
      writeFileSync(path, 'file');
    },
  ],
  [
    'that is a link to where it was moved',
    (_, path) => {
      renameSync(path, `${path}-moved`);
      symlinkSync(`${path}-moved`, path);
    },
  ],
  [
    'that is registered, as earlier versions made it',
    ({ git, build }, path) => {
      for (const place of [path, build('w').git]) rmSync(place, { recursive: true });
      git(['worktree', 'add', '--quiet', '--detach', path]);
    },
  ],
  [
    'whose folder is gone and whose registration by an earlier version is locked',
    ({ git, build }, path) => {
      for (const place of [path, build('w').git]) rmSync(place, { recursive: true });
      git(['worktree', 'add', '--quiet', '--detach', path]);
      git(['worktree', 'lock', path]);
      rmSync(path, { recursive: true });
    },
  ],
  ['that lost all private data', ({ build }) => rmSync(build('w').state, { recursive: true })],
];

test.each(DAMAGES)('a worktree %s is repaired, with its checkpoint', async (_, damage) => {
  const repository = createTestRepository();
  const provider = repository.provider();
  const { path, ...workspace } = await provider.open('w', undefined);
  writeFiles(path, { 'b.txt': 'b\n' });
  const checkpoint = await workspace.checkpoint('x');
  damage(repository, path);
  const again = await provider.open('w', checkpoint);
  expect(await again.digest()).toBe(checkpoint.digest);
  expect(repository.git(['status', '--porcelain'], path)).toBe('?? b.txt\n');
  expect(repository.git(['worktree', 'list']).trim().split('\n')).toHaveLength(1);
});

test('a worktree whose removal was cut short is made anew, ignored files and all', async () => {
  const repository = createTestRepository({ '.gitignore': 'node_modules/\n' });
  const provider = repository.provider();
  const { path } = await provider.open('w', undefined);
  writeFiles(path, { 'node_modules/half-deleted.js': '' });
  rmSync(repository.build('w').mark);
  await provider.open('w', undefined);
  expect(existsSync(join(path, 'node_modules'))).toBe(false);
});

test('a registration of an earlier version that never got as far as a location is removed', async () => {
  const repository = createTestRepository();
  writeFiles(repository.path, { '.git/worktrees/w/locked': 'initializing' });
  await repository.provider().open('w', undefined);
  expect(readdirSync(join(repository.path, '.git', 'worktrees'))).toEqual([]);
});

test('a folder that lies where the worktree belongs gives way', async () => {
  const repository = createTestRepository();
  writeFiles(repository.build('w').worktree, { 'foreign.txt': 'f\n' });
  const { path } = await repository.provider().open('w', undefined);
  expect(readdirSync(path).sort()).toEqual(['.git', 'a.txt']);
});

test('locks that killed processes left are removed', async () => {
  const repository = createTestRepository();
  const provider = repository.provider();
  const { path, ...workspace } = await provider.open('w', undefined);
  const checkpoint = await workspace.checkpoint('x');
  const { scratch, git: own } = repository.build('w');
  const locks = [
    ...['index.lock', 'HEAD.lock'].map((name) => join(own, name)),
    join(repository.path, '.git/refs/baton/w.lock'),
  ];
  for (const lock of locks) writeFileSync(lock, '');
  writeFiles(scratch, { 'git-of-a-dead-process/index.lock': '' });
  writeFiles(path, { 'a.txt': 'spoiled\n' });
  const again = await provider.open('w', checkpoint);
  expect(readFileSync(join(path, 'a.txt'), 'utf8')).toBe('one\n');
  await again.checkpoint('y');
  expect(readdirSync(scratch)).toEqual([]);
  expect(locks.filter((lock) => existsSync(lock))).toEqual([]);
});

test('a lock that another process holds is waited for', async () => {
  const repository = createTestRepository();
  const workspace = await repository.provider().open('w', undefined);
  const lock = join(repository.path, '.git', 'refs', 'baton', 'w.lock');
  writeFileSync(lock, '');
  const checkpoint = workspace.checkpoint('x');
  await sleep(400);
  expect(repository.git(['rev-list', '--count', 'HEAD..refs/baton/w']).trim()).toBe('1');
  rmSync(lock);
  await checkpoint;
  expect(repository.git(['rev-list', '--count', 'HEAD..refs/baton/w']).trim()).toBe('2');
});

test('a lock that is never released is reported as unavailable', async () => {
  const repository = createTestRepository();
  const { path, env } = repository;
  const provider = createGitWorkspaceProvider({ repository: path, env, lockWaitMs: 100 });
  const workspace = await provider.open('w', undefined);
  writeFileSync(join(path, '.git', 'refs', 'baton', 'w.lock'), '');
  await expect(workspace.checkpoint('x')).rejects.toMatchObject({
    code: 'unavailable',
    retryable: true,
    message: expect.stringContaining('w.lock'),
  });
});
