import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createGitWorkspaceProvider } from './git-workspace-provider.ts';
import {
  createTestRepository,
  type TestRepository,
  writeFiles,
} from './testing/test-repository.ts';

const namesIn = (repository: TestRepository, tree: string) =>
  repository.git(['ls-tree', '-r', '-z', '--name-only', tree]).split('\0').slice(0, -1);

test('ignore files that a role writes, changes or deletes hide nothing and show nothing', async () => {
  const repository = createTestRepository({
    '.gitignore': 'modules/\n*.log\n',
    'sub/.gitignore': 'built\n',
  });
  const provider = repository.provider();
  const { path, ...workspace } = await provider.open('w', undefined);
  writeFiles(path, {
    '.gitignore': '.gitignore\nhidden.txt\n!modules/\n!*.log\n',
    'hidden.txt': 'h\n',
    'modules/p.js': 'p\n',
    'x.log': 'x\n',
    'deep/er/.gitignore': '*\n',
    'deep/er/self.txt': 's\n',
    'sub/built': 'b\n',
    // Git reads no rules from an ignore file that is a link; it is an ordinary link.
    'linked/rules': '*\n',
  });
  rmSync(join(path, 'sub/.gitignore'));
  symlinkSync('rules', join(path, 'linked/.gitignore'));
  const changed = [
    ...['.gitignore', 'deep/er/.gitignore', 'deep/er/self.txt', 'hidden.txt'],
    ...['linked/.gitignore', 'linked/rules', 'sub/.gitignore'],
  ];
  expect(await workspace.changedFiles('entry')).toEqual(changed);
  const checkpoint = await workspace.checkpoint('x');
  const held = changed.filter((name) => name !== 'sub/.gitignore');
  expect(namesIn(repository, checkpoint.commit)).toEqual(held);
  writeFiles(path, { 'hidden.txt': 'another\n' });
  expect(await workspace.digest()).not.toBe(checkpoint.digest);
  await provider.open('w', checkpoint);
  expect(await workspace.digest()).toBe(checkpoint.digest);
});

test('settings, exclude files and index bits that a role sets hide nothing', async () => {
  const repository = createTestRepository({ 'a.txt': 'a\n', 'b.txt': 'b\n' });
  const { path, ...workspace } = await repository.provider().open('w', undefined);
  const common = repository.git(['rev-parse', '--git-common-dir'], path).trim();
  mkdirSync(join(common, 'info'), { recursive: true });
  writeFileSync(join(common, 'info', 'exclude'), '*\n');
  writeFiles(repository.home, { everything: '*\n' });
  repository.git(['config', 'core.excludesFile', join(repository.home, 'everything')], path);
  repository.git(['config', 'core.fsmonitor', 'true'], path);
  repository.git(['config', 'core.ignoreStat', 'true'], path);
  repository.git(['update-index', '--skip-worktree', 'a.txt'], path);
  repository.git(['update-index', '--assume-unchanged', 'b.txt'], path);
  writeFiles(path, { 'a.txt': 'A\n', 'b.txt': 'B\n', 'c.txt': 'c\n' });
  expect(await workspace.changedFiles('entry')).toEqual(['a.txt', 'b.txt', 'c.txt']);
  const again = await repository.provider().open('w', await workspace.checkpoint('x'));
  expect(await again.changedFiles('start')).toEqual(['a.txt', 'b.txt', 'c.txt']);
});

test('attributes that a role sets make no two contents one', async () => {
  const repository = createTestRepository({ 'a.txt': 'a\n' });
  const { path, ...workspace } = await repository.provider().open('w', undefined);
  const common = repository.git(['rev-parse', '--git-common-dir'], path).trim();
  const rules = [
    '[attr]odd text filter=same',
    '* odd text=auto eol=lf ident filter=same crlf working-tree-encoding=UTF-16LE\n',
  ].join('\n');
  writeFiles(path, { '.gitattributes': rules });
  mkdirSync(join(common, 'info'), { recursive: true });
  writeFileSync(join(common, 'info', 'attributes'), rules);
  repository.git(['config', 'filter.same.clean', 'echo same'], path);
  repository.git(['config', 'filter.same.required', 'true'], path);
  const digests = new Set<string>();
  for (const content of ['a\n', 'a\r\n', 'b\n', '$Id: 1 $\n', '$Id: 2 $\n', 'a\0\n\0']) {
    writeFileSync(join(path, 'a.txt'), content);
    digests.add(await workspace.digest());
  }
  expect(digests.size).toBe(6);
});

test('a tracked file that becomes a repository of its own hides no files', async () => {
  const repository = createTestRepository({ 'a.txt': 'a\n', 'dir/b.txt': 'b\n' });
  const { path, ...workspace } = await repository.provider().open('w', undefined);
  for (const name of ['a.txt', 'dir']) {
    rmSync(join(path, name), { recursive: true });
    writeFiles(path, { [`${name}/inside.js`]: 'x\n' });
    repository.git(['init', '--quiet'], join(path, name));
    repository.git(['add', '.'], join(path, name));
    repository.git(['commit', '--quiet', '--message', 'x'], join(path, name));
  }
  const changed = ['a.txt', 'a.txt/inside.js', 'dir/b.txt', 'dir/inside.js'];
  expect(await workspace.changedFiles('entry')).toEqual(changed);
  const digest = await workspace.digest();
  writeFiles(path, { 'a.txt/inside.js': 'y\n' });
  expect(await workspace.digest()).not.toBe(digest);
});

test('a replacement that a role makes for a checkpoint stands in for nothing', async () => {
  const repository = createTestRepository({ 'a.txt': 'a\n' });
  const provider = repository.provider();
  const { path, ...workspace } = await provider.open('w', undefined);
  const [start = ''] = repository.git(['rev-parse', 'refs/baton/w']).split('\n');
  writeFiles(path, { 'a.txt': 'A\n' });
  const checkpoint = await workspace.checkpoint('x');
  const message = repository.git(['show', '--no-patch', '--format=%B', start]);
  const forged = repository.git([
    'commit-tree',
    `${checkpoint.digest}`,
    '-p',
    `${start}^`,
    '-m',
    message,
  ]);
  repository.git(['replace', start, forged.trim()]);
  const again = await provider.open('w', checkpoint);
  expect(await again.changedFiles('start')).toEqual(['a.txt']);
});

test('what the caller names outranks the rules of the repository, at the root and below', async () => {
  const { path: root, env } = createTestRepository({
    '.gitignore': '*.tmp\n',
    'sub/.gitignore': '!kept\n',
  });
  const ignored = ['node_modules/', '!seen.tmp', '/dist', 'kept', 'grüße/'];
  const provider = createGitWorkspaceProvider({ repository: root, env, ignored });
  const { path, ...workspace } = await provider.open('w', undefined);
  const names = [
    ...['node_modules/p.js', 'sub/node_modules/q.js', 'seen.tmp', 'x.tmp', 'dist', 'sub/dist'],
    ...['sub/kept', 'grüße/x'],
  ];
  writeFiles(path, Object.fromEntries(names.map((name) => [name, name])));
  expect(await workspace.changedFiles('entry')).toEqual(['seen.tmp', 'sub/dist']);
  // The initial rules apply: files that were visible once stay visible.
  const later = createGitWorkspaceProvider({ repository: root, env, ignored: ['seen.tmp'] });
  const again = await later.open('w', await workspace.checkpoint('x'));
  expect(await again.changedFiles('start')).toEqual(['seen.tmp', 'sub/dist']);
});

test('an ignore file that is a link in the starting commit has no rules, as in git', async () => {
  const repository = createTestRepository({ 'a.txt': 'a\n' });
  symlinkSync('*.log', join(repository.path, '.gitignore'));
  repository.git(['add', '.gitignore']);
  repository.git(['commit', '--quiet', '--message', 'link']);
  const { path, ...workspace } = await repository.provider().open('w', undefined);
  writeFiles(path, { 'x.log': 'x\n' });
  expect(await workspace.changedFiles('entry')).toEqual(['x.log']);
});

test('what is not committed ignores nothing; a linked worktree has the rules of its repository', async () => {
  const repository = createTestRepository({ 'a.txt': 'a\n' });
  writeFileSync(join(repository.path, '.git', 'info', 'exclude'), 'by-repository\n');
  const linked = join(repository.home, 'linked');
  repository.git(['worktree', 'add', '--quiet', '--detach', linked]);
  writeFiles(linked, { '.gitignore': 'new.txt\n' });
  const provider = createGitWorkspaceProvider({ repository: linked, env: repository.env });
  const { path, ...workspace } = await provider.open('w', undefined);
  writeFiles(path, { 'by-repository': 'x\n', 'new.txt': 'n\n' });
  expect(await workspace.changedFiles('entry')).toEqual(['new.txt']);
});

test('a build has the files that git itself would add by the rules of its beginning', async () => {
  const repository = createTestRepository({
    '.gitignore': '# all but\n/*.tmp\nout/\n*.o\n!keep.o\ndocs/*\n!docs/site/\n',
    'src/.gitignore': '!*.o\n/gen\nlog/**\n',
    'src/deep/.gitignore': '*.o\n',
    // Sorts before the root's file.
    '+x/.gitignore': '!*.o\n',
    'docs/site/.gitignore': 'draft*\n!draft-final\n',
    'out/forced.js': 'tracked, though ignored\n',
    'src/deep/forced.o': 'tracked, though ignored\n',
  });
  const { path, ...workspace } = await repository.provider().open('w', undefined);
  const names = [
    ...['a.tmp', 'src/a.tmp', 'out/x', 'src/out/x', 'x.o', 'keep.o', 'src/x.o', '+x/x.o'],
    'src/deep/x.o',
    ...['src/deep/keep.o', 'src/gen', 'src/deep/gen', 'src/log/x', 'src/deep/log/x', 'docs/a'],
    ...['docs/site/a', 'docs/site/draft-1', 'docs/site/draft-final', 'docs/other/a'],
  ];
  writeFiles(path, Object.fromEntries(names.map((name) => [name, name])));
  const digest = await workspace.digest();
  execFileSync('git', ['add', '--all'], { cwd: path, env: repository.env });
  expect(digest).toBe(repository.git(['write-tree'], path).trim());
});
