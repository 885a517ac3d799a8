import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { createGitWorkspaceProvider } from './git-workspace-provider.ts';
import { createTestRepository, writeFiles } from './testing/test-repository.ts';

const invalid = (field: string) => ({ code: 'invalid_input', violations: [{ field }] });

test('a build gets the files of HEAD in a folder named after the workflow', async () => {
  const repository = createTestRepository({ 'a.txt': 'one\n', 'deep/b.txt': 'two\n' });
  const workspace = await repository.provider().open('wf_1-A', undefined);
  expect(workspace.path).toBe(repository.build('wf_1-A').worktree);
  expect(readFileSync(join(workspace.path, 'deep/b.txt'), 'utf8')).toBe('two\n');
  expect(await workspace.digest()).toBe(repository.git(['rev-parse', 'HEAD^{tree}']).trim());
});

test('a build leaves index, status, branches, HEAD, config and hooks of a dirty repository alone', async () => {
  const repository = createTestRepository({ 'a.txt': 'one\n', 'b.txt': 'b\n' });
  writeFiles(repository.path, { 'a.txt': 'dirty\n', 'staged.txt': 's\n', 'new.txt': 'n\n' });
  repository.git(['add', 'staged.txt']);
  rmSync(join(repository.path, 'b.txt'));
  const ran = join(repository.home, 'hook-ran');
  const hooks = [
    'post-checkout',
    'pre-commit',
    'post-commit',
    'reference-transaction',
    'post-index-change',
  ];
  for (const hook of hooks) {
    const path = join(repository.path, '.git', 'hooks', hook);
    writeFileSync(path, `#!/bin/sh\necho ${hook} >> '${ran}'\n`, { mode: 0o755 });
  }
  const look = () => ({
    index: readFileSync(join(repository.path, '.git', 'index')).toString('base64'),
    config: readFileSync(join(repository.path, '.git', 'config'), 'utf8'),
    head: readFileSync(join(repository.path, '.git', 'HEAD'), 'utf8'),
    reflog: readFileSync(join(repository.path, '.git', 'logs', 'HEAD'), 'utf8'),
    branches: repository.git(['for-each-ref', 'refs/heads', 'refs/tags', 'refs/stash']),
    hooks: existsSync(ran) ? readFileSync(ran, 'utf8') : '',
    status: repository.git([
      '--no-optional-locks',
      'status',
      '--porcelain',
      '--untracked-files=all',
    ]),
  });
  const before = look();
  expect(before.status).toBe(' M a.txt\n D b.txt\nA  staged.txt\n?? new.txt\n');

  const provider = repository.provider();
  const workspace = await provider.open('w', undefined);
  expect(readFileSync(join(workspace.path, 'a.txt'), 'utf8')).toBe('one\n');
  writeFiles(workspace.path, { 'a.txt': 'by a role\n', 'c.txt': 'c\n' });
  const checkpoint = await workspace.checkpoint('implementation');
  await provider.open('w', undefined);
  await provider.open('w', checkpoint);
  expect(look()).toEqual(before);
});

test('variables that a git hook leaves in the environment do not redirect a build', async () => {
  const repository = createTestRepository();
  const other = createTestRepository({ 'other.txt': 'other\n' });
  const indexBefore = readFileSync(join(other.path, '.git', 'index'));
  const provider = repository.provider({
    GIT_DIR: join(other.path, '.git'),
    GIT_WORK_TREE: other.path,
    GIT_INDEX_FILE: join(other.path, '.git', 'index'),
    GIT_OBJECT_DIRECTORY: join(other.path, '.git', 'objects'),
    GIT_COMMON_DIR: join(other.path, '.git'),
    GIT_PREFIX: 'x/',
    GIT_NAMESPACE: 'elsewhere',
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'core.bare',
    GIT_CONFIG_VALUE_0: 'true',
  });
  const workspace = await provider.open('w', undefined);
  const checkpoint = await workspace.checkpoint('x');
  expect(readFileSync(join(workspace.path, 'a.txt'), 'utf8')).toBe('one\n');
  expect(repository.git(['rev-parse', 'refs/baton/w']).trim()).toBe(checkpoint.commit);
  expect(other.git(['for-each-ref', 'refs/baton'])).toBe('');
  expect(readFileSync(join(other.path, '.git', 'index'))).toEqual(indexBefore);
});

test('many builds start, checkpoint and restore at the same time', async () => {
  const repository = createTestRepository();
  const providers = [repository.provider(), repository.provider()];
  const builds = Array.from({ length: 8 }, async (_, number) => {
    const provider = providers[number % 2];
    const workspace = await provider?.open(`w${number}`, undefined);
    if (!provider || !workspace) throw new Error('no workspace');
    writeFiles(workspace.path, { 'mine.txt': `${number}\n` });
    const checkpoint = await workspace.checkpoint('first');
    writeFiles(workspace.path, { 'mine.txt': 'spoiled\n' });
    const again = await provider.open(`w${number}`, checkpoint);
    expect(readFileSync(join(again.path, 'mine.txt'), 'utf8')).toBe(`${number}\n`);
    return checkpoint.digest;
  });
  expect(new Set(await Promise.all(builds)).size).toBe(8);
});

test('digests and checkpoints of one build may be asked for at the same time', async () => {
  const repository = createTestRepository();
  const workspace = await repository.provider().open('w', undefined);
  const same = await repository.provider().open('w', undefined);
  writeFiles(workspace.path, { 'b.txt': 'b\n', 'nested/c.txt': 'c\n' });
  repository.git(['init', '--quiet', join(workspace.path, 'nested')]);
  const digests = await Promise.all(
    [workspace, same, workspace, same].flatMap((each) => [
      each.digest(),
      each.checkpoint('x').then((checkpoint) => checkpoint.digest),
    ]),
  );
  expect(new Set(digests).size).toBe(1);
  // Each of the two continues from its own checkpoint; the ref keeps all of them.
  const chain = repository.git(['rev-list', 'HEAD..refs/baton/w']);
  expect(chain.trim().split('\n')).toHaveLength(5);
});

test('worktrees go where the option says', async () => {
  const repository = createTestRepository();
  const directory = join(temporaryFolder(), 'trees');
  const { path, env } = repository;
  const provider = createGitWorkspaceProvider({ repository: path, directory, env });
  const workspace = await provider.open('w', undefined);
  expect(workspace.path).toBe(join(directory, 'w'));
  expect(readFileSync(join(workspace.path, 'a.txt'), 'utf8')).toBe('one\n');
});

test('a removed workspace comes back with its checkpoint', async () => {
  const repository = createTestRepository();
  const provider = repository.provider();
  const workspace = await provider.open('w', undefined);
  writeFiles(workspace.path, { 'b.txt': 'b\n' });
  const checkpoint = await workspace.checkpoint('x');
  await provider.remove('w');
  expect(existsSync(workspace.path)).toBe(false);
  expect(repository.git(['worktree', 'list', '--porcelain'])).not.toContain('/baton/');
  await provider.open('w', checkpoint);
  expect(readFileSync(join(workspace.path, 'b.txt'), 'utf8')).toBe('b\n');
});

test.each(['', '..', 'a/b', 'a.lock', 'ü', 'a b', 'x'.repeat(201)])(
  'the workflow id %j is refused',
  async (id) => {
    const provider = createTestRepository().provider();
    await expect(provider.open(id, undefined)).rejects.toMatchObject(invalid('workflowId'));
    await expect(provider.remove(id)).rejects.toMatchObject(invalid('workflowId'));
  },
);

test('a folder that is no repository, has no commit or is not its root is refused', async () => {
  const folder = temporaryFolder();
  const repository = createTestRepository({ 'sub/a.txt': 'a\n' });
  const { env } = repository;
  const open = (path: string) =>
    createGitWorkspaceProvider({ repository: path, env }).open('w', undefined);

  await expect(open(join(folder, 'none'))).rejects.toMatchObject({
    ...invalid('repository'),
    message: expect.stringContaining('no such folder'),
  });
  await expect(open(folder)).rejects.toMatchObject({
    ...invalid('repository'),
    message: expect.stringContaining('run `git init`'),
  });
  repository.git(['init', '--quiet'], folder);
  await expect(open(folder)).rejects.toMatchObject({
    ...invalid('repository'),
    message: expect.stringContaining('commit the files'),
  });
  await expect(open(join(repository.path, 'sub'))).rejects.toMatchObject({
    ...invalid('repository'),
    message: expect.stringContaining(`name that root instead`),
  });
  await expect(open(join(repository.path, '.git'))).rejects.toMatchObject(invalid('repository'));
});

test('a machine without git gets told so', async () => {
  const repository = createTestRepository();
  const provider = repository.provider({ PATH: repository.home });
  await expect(provider.open('w', undefined)).rejects.toMatchObject({
    code: 'invalid_input',
    message: expect.stringContaining('install git'),
  });
});

test('a repository reached through a symbolic link works', async () => {
  const repository = createTestRepository();
  const link = join(temporaryFolder(), 'link');
  symlinkSync(repository.path, link);
  const provider = createGitWorkspaceProvider({ repository: link, env: repository.env });
  const workspace = await provider.open('w', undefined);
  const checkpoint = await workspace.checkpoint('x');
  const again = await repository.provider().open('w', checkpoint);
  expect(again.path).toBe(workspace.path);
});

test('a bare repository works', async () => {
  const repository = createTestRepository();
  const bare = join(temporaryFolder(), 'bare.git');
  repository.git(['clone', '--quiet', '--bare', repository.path, bare]);
  const provider = createGitWorkspaceProvider({ repository: bare, env: repository.env });
  const workspace = await provider.open('w', undefined);
  writeFiles(workspace.path, { 'b.txt': 'b\n' });
  const checkpoint = await workspace.checkpoint('x');
  rmSync(join(workspace.path, 'b.txt'));
  await provider.open('w', checkpoint);
  expect(existsSync(join(workspace.path, 'b.txt'))).toBe(true);
});

test('a repository with SHA-256 objects works', async () => {
  const folder = join(temporaryFolder(), 'sha256');
  mkdirSync(folder);
  const { git, env } = createTestRepository();
  git(['init', '--quiet', '--object-format=sha256'], folder);
  writeFiles(folder, { 'a.txt': 'a\n' });
  git(['add', '--all'], folder);
  git(['commit', '--quiet', '--message', 'work'], folder);
  const provider = createGitWorkspaceProvider({ repository: folder, env });
  const workspace = await provider.open('w', undefined);
  const checkpoint = await workspace.checkpoint('x');
  expect(checkpoint.digest).toMatch(/^[0-9a-f]{64}$/);
  rmSync(join(workspace.path, 'a.txt'));
  await provider.open('w', checkpoint);
  expect(existsSync(join(workspace.path, 'a.txt'))).toBe(true);
});
