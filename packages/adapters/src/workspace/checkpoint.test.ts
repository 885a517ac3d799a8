import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createTestRepository, writeFiles } from './testing/test-repository.ts';

const NOWHERE = '1234567890123456789012345678901234567890';

test('checkpoints are one chain under the ref of the workflow, with no branch and no reflog', async () => {
  const repository = createTestRepository();
  repository.git(['config', 'core.logAllRefUpdates', 'always']);
  const workspace = await repository.provider().open('w', undefined);
  const first = await workspace.checkpoint('planning');
  writeFiles(workspace.path, { 'b.txt': 'b\n' });
  const second = await workspace.checkpoint('implementation');
  const log = repository.git(['log', '--format=%H %T %an', '--max-count=2', 'refs/baton/w']);
  expect(log).toBe(
    `${second.commit} ${second.digest} Baton\n${first.commit} ${first.digest} Baton\n`,
  );
  expect(repository.git(['for-each-ref', '--format=%(refname)'])).toBe(
    'refs/baton/w\nrefs/heads/main\n',
  );
  expect(existsSync(join(repository.path, '.git', 'logs', 'refs', 'baton'))).toBe(false);
});

test('a checkpoint outlives a garbage collection that spares nothing', async () => {
  const repository = createTestRepository();
  const provider = repository.provider();
  const workspace = await provider.open('w', undefined);
  writeFiles(workspace.path, { 'b.txt': 'kept\n' });
  const checkpoint = await workspace.checkpoint('x');
  writeFiles(workspace.path, { 'b.txt': 'later\n' });
  await workspace.checkpoint('y');
  repository.git(['reflog', 'expire', '--expire=now', '--all']);
  repository.git(['gc', '--quiet', '--prune=now']);
  await provider.open('w', checkpoint);
  expect(readFileSync(join(workspace.path, 'b.txt'), 'utf8')).toBe('kept\n');
});

test('a checkpoint is whole though the objects of an earlier digest were collected', async () => {
  const repository = createTestRepository();
  const provider = repository.provider();
  const workspace = await provider.open('w', undefined);
  writeFiles(workspace.path, { 'b.txt': 'only digested\n' });
  await workspace.digest();
  repository.git(['gc', '--quiet', '--prune=now']);
  const checkpoint = await workspace.checkpoint('x');
  expect(repository.git(['show', `${checkpoint.commit}:b.txt`])).toBe('only digested\n');
});

test('a commit that a role made in the worktree is no part of a restore, but its files are, and git still finds it', async () => {
  const repository = createTestRepository();
  const provider = repository.provider();
  const { path, ...workspace } = await provider.open('w', undefined);
  const start = repository.git(['rev-parse', 'HEAD'], path);
  writeFiles(path, { 'b.txt': 'b\n' });
  repository.git(['add', '--all'], path);
  repository.git(['commit', '--quiet', '--message', 'by the coder'], path);
  const made = repository.git(['rev-parse', 'HEAD'], path).trim();
  const checkpoint = await workspace.checkpoint('implementation');
  expect(() => repository.git(['cat-file', '-e', made])).toThrow();

  await provider.open('w', undefined);
  expect(repository.git(['rev-parse', 'HEAD'], path)).toBe(start);
  expect(repository.git(['status', '--porcelain'], path)).toBe('');
  repository.git(['reflog', 'expire', '--expire=now', '--all']);
  repository.git(['gc', '--quiet', '--prune=now']);
  await provider.open('w', checkpoint);
  expect(repository.git(['rev-parse', 'HEAD'], path)).toBe(start);
  expect(repository.git(['status', '--porcelain'], path)).toBe('?? b.txt\n');
  expect(repository.git(['log', '--walk-reflogs', '--format=%H'], path)).toContain(made);
  expect(repository.git(['show', `${made}:b.txt`], path)).toBe('b\n');
});

test('a commit that a discarded attempt made is not checked out any more, though it changed no file', async () => {
  const repository = createTestRepository();
  const provider = repository.provider();
  const { path, ...workspace } = await provider.open('w', undefined);
  writeFiles(path, { 'b.txt': 'b\n' });
  const checkpoint = await workspace.checkpoint('x');
  repository.git(['switch', '--quiet', '--create', 'by-role'], path);
  repository.git(['add', '--all'], path);
  repository.git(['commit', '--quiet', '--message', 'discarded'], path);
  const made = repository.git(['rev-parse', 'by-role'], path);
  await provider.open('w', checkpoint);
  expect(repository.git(['status', '--porcelain', '--branch'], path)).toBe(
    '## HEAD (no branch)\n?? b.txt\n',
  );
  expect(repository.git(['rev-parse', 'by-role'], path)).toBe(made);
  expect(repository.git(['branch', '--list', 'by-role'])).toBe('');
});

test('what a discarded attempt staged is staged no more', async () => {
  const repository = createTestRepository();
  const provider = repository.provider();
  const { path } = await provider.open('w', undefined);
  writeFiles(path, { 'a.txt': 'wrong\n', 'b.txt': 'wrong\n' });
  repository.git(['add', '--all'], path);
  await provider.open('w', undefined);
  expect(repository.git(['status', '--porcelain'], path)).toBe('');
});

test('a label cannot pass for what the checkpoint says of itself', async () => {
  const repository = createTestRepository();
  const provider = repository.provider();
  const workspace = await provider.open('w', undefined);
  const label = `two\nlines\n\nBaton-Workflow: other\nBaton-Base: ${NOWHERE}`;
  const checkpoint = await workspace.checkpoint(label);
  await provider.open('w', checkpoint);
  await provider.open('w', undefined);
  expect(repository.git(['log', '--max-count=1', '--format=%s', checkpoint.commit])).toContain(
    'two lines',
  );
});

test.each([
  ['an unknown commit', NOWHERE],
  ['something that is no commit id', 'refs/baton/w'],
])('%s is lost data', async (_, commit) => {
  const repository = createTestRepository();
  const provider = repository.provider();
  const { digest } = await (await provider.open('w', undefined)).checkpoint('x');
  await expect(provider.open('w', { commit, digest })).rejects.toMatchObject({
    code: 'data_loss',
    message: expect.stringContaining(commit),
  });
});

test("a commit of the user's or of another workflow is no checkpoint", async () => {
  const repository = createTestRepository();
  const provider = repository.provider();
  const other = await (await provider.open('other', undefined)).checkpoint('x');
  const commit = repository.git(['rev-parse', 'HEAD']).trim();
  await expect(provider.open('w', other)).rejects.toMatchObject({ code: 'data_loss' });
  await expect(provider.open('w', { ...other, commit })).rejects.toMatchObject({
    code: 'data_loss',
  });
});

test('a checkpoint whose digest is not that of its commit is lost data, and no file is touched', async () => {
  const repository = createTestRepository();
  const provider = repository.provider();
  const workspace = await provider.open('w', undefined);
  const checkpoint = await workspace.checkpoint('x');
  writeFiles(workspace.path, { 'a.txt': 'untouched\n' });
  await expect(provider.open('w', { ...checkpoint, digest: NOWHERE })).rejects.toMatchObject({
    code: 'data_loss',
    metadata: { expected: NOWHERE, found: checkpoint.digest },
  });
  expect(readFileSync(join(workspace.path, 'a.txt'), 'utf8')).toBe('untouched\n');
});

test('a checkpoint whose files are gone from the repository is lost data', async () => {
  const repository = createTestRepository();
  const provider = repository.provider();
  const workspace = await provider.open('w', undefined);
  writeFiles(workspace.path, { 'b.txt': 'b\n' });
  const checkpoint = await workspace.checkpoint('x');
  const blob = repository.git(['rev-parse', `${checkpoint.commit}:b.txt`]).trim();
  rmSync(join(repository.path, '.git', 'objects', blob.slice(0, 2), blob.slice(2)));
  writeFiles(workspace.path, { 'b.txt': 'other\n' });
  await expect(provider.open('w', checkpoint)).rejects.toMatchObject({ code: 'data_loss' });
});

test('a ref that was deleted is put back from a checkpoint, with its history', async () => {
  const repository = createTestRepository();
  const provider = repository.provider();
  const workspace = await provider.open('w', undefined);
  writeFiles(workspace.path, { 'b.txt': 'b\n' });
  const checkpoint = await workspace.checkpoint('x');
  repository.git(['update-ref', '-d', 'refs/baton/w']);
  await provider.open('w', checkpoint);
  expect(repository.git(['rev-parse', 'refs/baton/w']).trim()).toBe(checkpoint.commit);
  await provider.open('w', undefined);
  expect(repository.git(['status', '--porcelain'], workspace.path)).toBe('');
});

test('a ref that points at something else is lost data, not a new beginning', async () => {
  const repository = createTestRepository();
  repository.git(['update-ref', 'refs/baton/w', 'HEAD']);
  await expect(repository.provider().open('w', undefined)).rejects.toMatchObject({
    code: 'data_loss',
    message: expect.stringContaining('refs/baton/w'),
  });
});

test('what the ref is moved to is neither the base nor an obstacle once a checkpoint is recorded', async () => {
  const repository = createTestRepository();
  const provider = repository.provider();
  const first = await (await provider.open('w', undefined)).checkpoint('planning');
  const { path, ...workspace } = await provider.open('w', first);
  writeFiles(path, { 'a.txt': 'evil\n' });
  repository.git(['add', '--all'], path);
  const tree = repository.git(['write-tree'], path).trim();
  const head = repository.git(['rev-parse', 'HEAD']).trim();
  const message = `baton: start\n\nBaton-Workflow: w\nBaton-Start: ${head}\nBaton-Head: ${head}\nBaton-Ignored: \n`;
  const forged = repository.git(['commit-tree', tree, '-p', head, '-m', message], path).trim();
  repository.git(['push', '--quiet', repository.path, `${forged}:refs/forged/one`], path);
  const main = repository.git(['rev-parse', 'main']);
  const moves = [
    () => repository.git(['update-ref', 'refs/baton/w', forged]),
    () => repository.git(['symbolic-ref', 'refs/baton/w', 'refs/heads/main']),
    () => repository.git(['update-ref', '--no-deref', 'refs/baton/w', `${head}:a.txt`]),
    () => writeFiles(repository.path, { '.git/refs/baton/w': 'garbage\n' }),
  ];
  for (const move of moves) {
    move();
    const checkpoint = await workspace.checkpoint('implementation');
    move();
    const again = await provider.open('w', checkpoint);
    expect(await again.changedFiles('start')).toEqual(['a.txt']);
    await again.checkpoint('testing');
    repository.git(['merge-base', '--is-ancestor', checkpoint.commit, 'refs/baton/w']);
  }
  expect(repository.git(['rev-parse', 'main'])).toBe(main);
});
