import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { smallBuild } from './testing/small-build.ts';
import { createTestRepository, writeFiles } from './testing/test-repository.ts';

test.each(['skip-worktree', 'assume-unchanged', 'cacheinfo'])(
  'a file that the user changed, and git takes for unchanged (%s), stays',
  async (flag) => {
    const repository = createTestRepository({ 'a.txt': 'one\n', 'b.txt': 'b\n' });
    const { git, path } = repository;
    const file = join(path, 'a.txt');
    const second = Math.floor(Date.now() / 1000) - 100;
    utimesSync(file, second, second);
    git(['update-index', '--refresh']);
    if (flag !== 'cacheinfo') git(['update-index', `--${flag}`, 'a.txt']);
    // In the same second as the index, and of the same size.
    writeFileSync(file, 'two\n');
    utimesSync(file, second, second);
    utimesSync(join(path, '.git', 'index'), second, second);
    const { provider, request } = await smallBuild(repository, { 'a.txt': 'six\n' });
    await expect(provider.take(request, 'squash')).rejects.toMatchObject({
      code: 'invalid_input',
      violations: [{ field: 'a.txt' }],
    });
    expect(readFileSync(file, 'utf8')).toBe('two\n');
  },
);

test('a split index is whole afterwards', async () => {
  const repository = createTestRepository({ 'a.txt': 'one\n' });
  repository.git(['config', 'core.splitIndex', 'true']);
  repository.git(['config', 'splitIndex.maxPercentChange', '0']);
  repository.commit({ 'c.txt': 'c\n' });
  const { provider, request } = await smallBuild(repository, { 'a.txt': 'two\n', 'b.txt': 'b\n' });
  await provider.take(request, 'squash');
  expect(repository.git(['status', '--porcelain'])).toBe('M  a.txt\nA  b.txt\n');
});

test('in the middle of a merge nothing is touched, and it is said what to do', async () => {
  const repository = createTestRepository({ 'a.txt': 'one\n' });
  const { git } = repository;
  const { provider, request } = await smallBuild(repository, { 'b.txt': 'b\n' });
  git(['switch', '--quiet', '--create', 'other']);
  repository.commit({ 'a.txt': 'other\n' });
  git(['switch', '--quiet', 'main']);
  repository.commit({ 'a.txt': 'main\n' });
  expect(() => git(['merge', 'other'])).toThrow();
  const before = git(['status', '--porcelain']);
  await expect(provider.take(request, 'squash')).rejects.toMatchObject({
    code: 'invalid_input',
    message: expect.stringContaining('end the merge or rebase'),
  });
  expect(git(['status', '--porcelain'])).toBe(before);
});

test('a file of an odd name in the way is named', async () => {
  const repository = createTestRepository();
  const odd = "it's\nodd";
  const { provider, request } = await smallBuild(repository, { [odd]: 'b\n' });
  writeFiles(repository.path, { [odd]: 'mine\n' });
  await expect(provider.take(request, 'squash')).rejects.toMatchObject({
    code: 'invalid_input',
    violations: [{ field: odd }],
  });
});

test('what the user checks out now counts, not what they did when the build began', async () => {
  const repository = createTestRepository({ 'in/a': '1', 'out/b': '1', 'out/d': '1' });
  const { git, path } = repository;
  git(['sparse-checkout', 'set', 'in']);
  const { provider, request } = await smallBuild(repository, { 'in/a': '2' });
  git(['sparse-checkout', 'disable']);
  await provider.take(request, 'squash');
  expect(existsSync(join(path, 'out', 'd'))).toBe(true);
  git(['reset', '--quiet', '--hard']);
  git(['sparse-checkout', 'set', 'out']);
  await provider.take(request, 'squash');
  expect(existsSync(join(path, 'in'))).toBe(false);
  expect(git(['status', '--porcelain'])).toBe('M  in/a\n');
});

test('the pointer of a submodule is handed over, also where git is told to ignore it', async () => {
  const library = createTestRepository({ 'lib.txt': 'one\n' });
  const moved = library.git(['rev-parse', 'HEAD']).trim();
  library.commit({ 'lib.txt': 'newer\n' });
  const repository = createTestRepository();
  const { git } = repository;
  git(['-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library.path, 'lib']);
  git(['config', '--file', '.gitmodules', 'submodule.lib.ignore', 'all']);
  git(['config', 'submodule.lib.ignore', 'all']);
  git(['add', '.gitmodules']);
  git(['commit', '--quiet', '--all', '--message', 'lib']);
  const provider = repository.provider();
  const workspace = await provider.open('w', undefined);
  git(['checkout', '--quiet', '--detach', moved], join(workspace.path, 'lib'));
  const checkpoint = await workspace.checkpoint('x');
  const request = { workflowId: 'w', checkpoint, branch: 'baton/work', message: 'Work', at: 0 };
  const taken = await provider.take(request, 'patch');
  expect(taken.kind === 'patch' && taken.patch.toString()).toContain(`+Subproject commit ${moved}`);
  expect(await provider.take(request, 'squash')).toMatchObject({ files: ['lib'] });
});

test('a patch holds the work alone, also once it was rebased', async () => {
  const repository = createTestRepository();
  const { provider, request } = await smallBuild(repository, { 'b.txt': 'b\n' });
  repository.commit({ 'mine.txt': 'mine\n' });
  await provider.take(request, 'branch');
  const taken = await provider.take(request, 'patch');
  const patch = taken.kind === 'patch' ? taken.patch.toString() : '';
  expect(patch.match(/^diff --git .*$/gm)).toEqual(['diff --git a/b.txt b/b.txt']);
});

test('messages are UTF-8, and settings keep bytes that are not', async () => {
  const repository = createTestRepository({ '.gitattributes': '*.x filter=odd\n' });
  const { git, home, path } = repository;
  git(['config', 'i18n.commitEncoding', 'ISO-8859-1']);
  const program = Buffer.concat([Buffer.from(`${home}/pr`), Buffer.from([0xf6])]);
  writeFileSync(program, '#!/bin/sh\ntr a-z A-Z\n', { mode: 0o755 });
  execFileSync('git', ['config', '--file', '.git/config', 'filter.odd.smudge', 'tr A-Z a-z'], {
    cwd: path,
  });
  const config = join(path, '.git', 'config');
  const clean = Buffer.concat([
    Buffer.from('[filter "odd"]\n\tclean = '),
    program,
    Buffer.from('\n'),
  ]);
  writeFileSync(config, Buffer.concat([readFileSync(config), clean]));
  const { provider, request } = await smallBuild(repository, { 'b.x': 'b\n' });
  await provider.handOver({ ...request, message: 'Grüße' });
  expect(git(['cat-file', 'commit', 'baton/work'])).toMatch(/\n\nGrüße\n/);
  expect(git(['cat-file', 'commit', 'baton/work'])).not.toMatch(/^encoding/m);
  expect(git(['show', 'baton/work:b.x'])).toBe('B\n');
});
