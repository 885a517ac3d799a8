import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  createTestRepository,
  type TestRepository,
  writeFiles,
} from './testing/test-repository.ts';

async function aBuild(repository: TestRepository, files: Readonly<Record<string, string>>) {
  const provider = repository.provider();
  const workspace = await provider.open('w', undefined);
  writeFiles(workspace.path, files);
  const checkpoint = await workspace.checkpoint('implementation');
  const request = { workflowId: 'w', checkpoint, branch: 'baton/work', message: 'Work', at: 0 };
  return { provider, request };
}

test('as a branch the work is rebased where main has moved on', async () => {
  const repository = createTestRepository({ 'a.txt': 'one\n', 'old.txt': 'old\n' });
  const { provider, request } = await aBuild(repository, { 'b.txt': 'b\n' });
  const onto = repository.commit({ 'old.txt': 'newer\n' }).trim();
  const taken = await provider.take(request, 'branch');
  expect(taken).toMatchObject({
    kind: 'branch',
    branch: 'baton/work',
    rebasedOnto: onto,
    parent: onto,
  });
  expect(repository.git(['diff', '--name-status', onto, 'baton/work'])).toBe('A\tb.txt\n');
  // Repeating it changes nothing.
  const tip = repository.git(['rev-parse', 'baton/work']);
  expect(await provider.take(request, 'branch')).toMatchObject({ kind: 'branch' });
  expect(repository.git(['rev-parse', 'baton/work'])).toBe(tip);
});

test('the user who is on the branch already has the work', async () => {
  const repository = createTestRepository();
  const { provider, request } = await aBuild(repository, { 'b.txt': 'b\n' });
  await provider.take(request, 'branch');
  repository.git(['switch', '--quiet', 'baton/work']);
  const tip = repository.commit({ 'c.txt': 'c\n' }).trim();
  expect(await provider.take(request, 'branch')).toMatchObject({ rebasedOnto: undefined });
  expect(repository.git(['rev-parse', 'baton/work']).trim()).toBe(tip);
});

test.each(['branch', 'squash'] as const)(
  'conflicts are named and nothing is changed, as a %s',
  async (mode) => {
    const repository = createTestRepository({ 'a.txt': 'one\n' });
    const { provider, request } = await aBuild(repository, {
      'a.txt': 'by the build\n',
      'b.txt': 'b\n',
    });
    const onto = repository.commit({ 'a.txt': 'by the user\n' }).trim();
    expect(await provider.take(request, mode)).toEqual({
      kind: 'conflicts',
      branch: 'baton/work',
      files: ['a.txt'],
      onto,
    });
    expect(repository.git(['status', '--porcelain'])).toBe('');
    expect(readFileSync(join(repository.path, 'a.txt'), 'utf8')).toBe('by the user\n');
    expect(repository.git(['log', '--format=%s', '-1', 'baton/work'])).toBe('Work\n');
  },
);

test('squashed, exactly the work is staged and in the files, whatever the settings', async () => {
  const repository = createTestRepository({
    'a.txt': 'one\n',
    'gone.txt': 'x\n',
    'other.txt': 'o\n',
  });
  for (const [name, value] of [
    ['merge.ff', 'false'],
    ['core.autocrlf', 'true'],
    ['pull.rebase', 'true'],
    ['commit.gpgSign', 'false'],
  ] as const) {
    repository.git(['config', name, value]);
  }
  const provider = repository.provider();
  const workspace = await provider.open('w', undefined);
  writeFiles(workspace.path, { 'b.txt': 'b\r\n', 'a.txt': 'two\r\n' });
  repository.git(['rm', '--quiet', '--cached', 'gone.txt'], workspace.path);
  rmSync(join(workspace.path, 'gone.txt'));
  const checkpoint = await workspace.checkpoint('x');
  writeFiles(repository.path, { 'other.txt': 'mine, not committed\n' });
  const request = { workflowId: 'w', checkpoint, branch: 'baton/work', message: 'Work', at: 0 };
  expect(await provider.take(request, 'squash')).toMatchObject({
    kind: 'squash',
    files: ['a.txt', 'b.txt', 'gone.txt'],
  });
  expect(repository.git(['status', '--porcelain'])).toBe(
    'M  a.txt\nA  b.txt\nD  gone.txt\n M other.txt\n',
  );
  expect(readFileSync(join(repository.path, 'b.txt'), 'utf8')).toBe('b\r\n');
  expect(repository.git(['show', ':b.txt'])).toBe('b\n');
  expect(readFileSync(join(repository.path, '.git', 'SQUASH_MSG'), 'utf8')).toBe('Work\n');
});

test.each([
  ['a changed file', { 'a.txt': 'mine\n' }, 'a.txt'],
  ['an untracked file', { 'b.txt': 'mine\n' }, 'b.txt'],
])('%s of the user in the way is named and stays', async (_, mine, file) => {
  const repository = createTestRepository({ 'a.txt': 'one\n' });
  const { provider, request } = await aBuild(repository, { 'a.txt': 'two\n', 'b.txt': 'b\n' });
  writeFiles(repository.path, mine);
  const before = repository.git(['status', '--porcelain']);
  await expect(provider.take(request, 'squash')).rejects.toMatchObject({
    code: 'invalid_input',
    violations: [{ field: file }],
  });
  expect(readFileSync(join(repository.path, file), 'utf8')).toBe('mine\n');
  expect(repository.git(['status', '--porcelain'])).toBe(before);
  expect(existsSync(join(repository.path, '.git', 'index.lock'))).toBe(false);
});

test('while another git process is at work, nothing is touched', async () => {
  const repository = createTestRepository();
  const { provider, request } = await aBuild(repository, { 'b.txt': 'b\n' });
  writeFileSync(join(repository.path, '.git', 'index.lock'), '');
  await expect(provider.take(request, 'squash')).rejects.toMatchObject({ code: 'unavailable' });
  expect(existsSync(join(repository.path, 'b.txt'))).toBe(false);
  expect(existsSync(join(repository.path, '.git', 'index.lock'))).toBe(true);
});

test('squashed into a sparse checkout, what lies outside of it stays outside', async () => {
  const repository = createTestRepository({ 'in/a.txt': 'a\n', 'out/b.txt': 'b\n' });
  repository.git(['sparse-checkout', 'set', 'in']);
  const { provider, request } = await aBuild(repository, { 'in/new.txt': 'n\n' });
  await provider.take(request, 'squash');
  expect(repository.git(['status', '--porcelain'])).toBe('A  in/new.txt\n');
  expect(existsSync(join(repository.path, 'out'))).toBe(false);
});

test('a patch is what git apply takes, binary files included', async () => {
  const repository = createTestRepository();
  const { provider, request } = await aBuild(repository, { 'a.txt': 'two\n', 'b.bin': '\0\x01' });
  const taken = await provider.take(request, 'patch');
  if (taken.kind !== 'patch') throw new Error(taken.kind);
  const file = join(repository.home, 'work.patch');
  writeFileSync(file, taken.patch);
  repository.git(['apply', '--index', file]);
  expect(repository.git(['write-tree'])).toBe(repository.git(['rev-parse', 'baton/work^{tree}']));
});
