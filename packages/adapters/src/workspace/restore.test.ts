import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { createGitWorkspaceProvider } from './git-workspace-provider.ts';
import { photograph } from './testing/photograph.ts';
import { createTestRepository, writeFiles } from './testing/test-repository.ts';

test('a restore brings back every byte, mode and link, and takes away what was added', async () => {
  const repository = createTestRepository({
    '.gitattributes': '* text=auto\n*.crlf eol=crlf\n*.up filter=up ident\n',
    'lf.txt': 'a\nb\n',
    'mixed.txt': 'a\r\nb\n',
    'win.crlf': 'a\nb\n',
  });
  repository.git(['config', 'core.autocrlf', 'true']);
  repository.git(['config', 'filter.up.clean', 'tr a-z A-Z']);
  repository.git(['config', 'filter.up.smudge', 'tr A-Z a-z']);
  const provider = repository.provider();
  const { path, ...workspace } = await provider.open('w', undefined);
  writeFiles(path, {
    'binary.bin': Buffer.from([0, 13, 10, 255, 254, 10, 13, 0]),
    'filtered.up': 'MiXeD $Id$\r\n',
    'dir/sub/x.txt': 'x\n',
    'run.sh': '#!/bin/sh\n',
    empty: '',
    'will-be-folder': 'file\n',
    'will-be-file/inner.txt': 'inner\n',
    'will-be-link': 'file\n',
  });
  writeFileSync(join(path, 'lf.txt'), 'a\r\nb\n\r');
  chmodSync(join(path, 'run.sh'), 0o755);
  symlinkSync('dir/sub/x.txt', join(path, 'link'));
  symlinkSync('nowhere', join(path, 'dangling'));
  const checkpoint = await workspace.checkpoint('x');
  // From here on, the files are what git checks out of the checkpoint.
  const before = photograph(path);

  writeFileSync(join(path, 'binary.bin'), 'text now\n');
  writeFileSync(join(path, 'filtered.up'), 'other');
  rmSync(join(path, 'dir'), { recursive: true });
  symlinkSync('.', join(path, 'dir'));
  chmodSync(join(path, 'run.sh'), 0o644);
  chmodSync(join(path, 'empty'), 0o755);
  rmSync(join(path, 'will-be-folder'));
  writeFiles(path, { 'will-be-folder/deep/new.txt': 'new\n', 'added/y.txt': 'y\n' });
  rmSync(join(path, 'will-be-file'), { recursive: true });
  writeFileSync(join(path, 'will-be-file'), 'file');
  rmSync(join(path, 'will-be-link'));
  symlinkSync('/etc/hostname', join(path, 'will-be-link'));
  rmSync(join(path, 'link'));
  writeFileSync(join(path, 'link'), 'a file now');
  rmSync(join(path, 'dangling'));
  rmSync(join(path, '.gitattributes'));
  mkdirSync(join(path, 'empty-folder', 'in-it'), { recursive: true });
  expect(photograph(path)).not.toEqual(before);

  const again = await provider.open('w', checkpoint);
  expect(photograph(path)).toEqual(before);
  expect(await again.digest()).toBe(checkpoint.digest);
});

test('without a checkpoint the files come back that the build began with, though HEAD moved on', async () => {
  const repository = createTestRepository({ 'a.txt': 'one\r\n', '.gitattributes': '* text\n' });
  const { path, ...workspace } = await repository.provider().open('w', undefined);
  const before = photograph(path);
  repository.commit({ 'a.txt': 'moved on\n', '.gitattributes': '* text eol=crlf\n' });
  writeFiles(path, { 'a.txt': 'spoiled\n', 'b.txt': 'b\n' });
  await workspace.checkpoint('x');
  await repository.provider().open('w', undefined);
  expect(photograph(path)).toEqual(before);

  writeFiles(path, { 'a.txt': 'spoiled\n' });
  rmSync(repository.build('w').worktree, { recursive: true });
  await repository.provider().open('w', undefined);
  expect(photograph(path)).toEqual(before);
});

test('ignored files of a withdrawn attempt go, but for what takes long to get', async () => {
  const repository = createTestRepository({ '.gitignore': 'node_modules/\ndist/\n*.log\n' });
  const provider = repository.provider();
  const { path, ...workspace } = await provider.open('w', undefined);
  writeFiles(path, { 'node_modules/p/index.js': 'p\n', 'dist/x': 'built\n', 'b.txt': 'b\n' });
  const checkpoint = await workspace.checkpoint('x');
  writeFiles(path, {
    'b.txt': 'spoiled\n',
    'dist/x': 'built from it\n',
    'new/c.log': 'c\n',
    'sub/node_modules/q/dist/q.log': 'q\n',
    'dist/deep/y.js': 'y\n',
  });
  await provider.open('w', checkpoint);
  const kept = ['node_modules/p/index.js', 'sub/node_modules/q/dist/q.log'];
  expect(readdirSync(path).sort()).toEqual(['.git', '.gitignore', 'b.txt', 'node_modules', 'sub']);
  for (const name of kept) expect(existsSync(join(path, name))).toBe(true);
});

test('ignored files stay where nothing else was changed: they were made from the same files', async () => {
  const repository = createTestRepository({ '.gitignore': 'dist/\n*.log\n' });
  const provider = repository.provider();
  const { path, ...workspace } = await provider.open('w', undefined);
  writeFiles(path, { 'dist/x': 'built\n', 'b.txt': 'b\n' });
  const checkpoint = await workspace.checkpoint('x');
  writeFiles(path, { 'tests.log': 'half a run' });
  await provider.open('w', checkpoint);
  expect(readFileSync(join(path, 'dist/x'), 'utf8')).toBe('built\n');
});

test('what stays of the ignored files can be said', async () => {
  const files = { '.gitignore': 'node_modules/\ncache/\n' };
  const { path: repository, env } = createTestRepository(files);
  const provider = createGitWorkspaceProvider({ repository, env, keepIgnored: ['cache'] });
  const { path } = await provider.open('w', undefined);
  writeFiles(path, { 'node_modules/p/index.js': '', 'cache/c': '', 'b.txt': '' });
  await provider.open('w', undefined);
  expect(readdirSync(path).sort()).toEqual(['.git', '.gitignore', 'cache']);
});

test('the rules of the beginning say what is ignored, not those an attempt made up', async () => {
  const repository = createTestRepository({
    '.gitignore': 'node_modules/\n',
    'sub/.gitignore': '*.tmp\n',
  });
  const provider = repository.provider();
  const { path, ...workspace } = await provider.open('w', undefined);
  writeFiles(path, {
    '.gitignore': '!node_modules\n*.txt\n',
    'node_modules/p/index.js': 'p\n',
    'sub/built.tmp': 'b\n',
    'seen.txt': 's\n',
  });
  rmSync(join(path, 'sub', '.gitignore'));
  const checkpoint = await workspace.checkpoint('x');
  writeFiles(path, {
    '.gitignore': '*.hidden\n',
    'x.hidden': 'x\n',
    'seen.txt': 'spoiled\n',
    'other/.gitignore': '*\n',
    'other/y.txt': 'y\n',
  });
  mkdirSync(join(path, 'empty', 'node_modules', 'q'), { recursive: true });
  await provider.open('w', checkpoint);
  expect(readFileSync(join(path, 'node_modules/p/index.js'), 'utf8')).toBe('p\n');
  expect(readdirSync(path, { recursive: true }).sort()).toEqual(
    [
      ...['.git', '.gitignore', 'seen.txt', 'empty', 'empty/node_modules', 'empty/node_modules/q'],
      ...['node_modules', 'node_modules/p', 'node_modules/p/index.js'],
    ].sort(),
  );
  expect(readFileSync(join(path, 'seen.txt'), 'utf8')).toBe('s\n');
});

test('a folder that ignores itself, as tools make them for caches, goes with the files it was made from', async () => {
  const repository = createTestRepository();
  const provider = repository.provider();
  const { path } = await provider.open('w', undefined);
  writeFiles(path, { 'cache/.gitignore': '*\n', 'cache/y.txt': 'y\n', 'a.txt': 'spoiled\n' });
  await provider.open('w', undefined);
  expect(existsSync(join(path, 'cache'))).toBe(false);
});

test('ignored files give way where a file of the checkpoint has to be', async () => {
  const repository = createTestRepository({ 'build.txt': 'b\n', 'lib/x.txt': 'x\n' });
  const provider = repository.provider();
  const { path, ...workspace } = await provider.open('w', undefined);
  const checkpoint = await workspace.checkpoint('x');
  rmSync(join(path, 'build.txt'));
  rmSync(join(path, 'lib'), { recursive: true });
  writeFiles(path, { '.gitignore': 'build.txt\nlib\n', 'build.txt/in/way.txt': 'w\n', lib: 'l\n' });
  await provider.open('w', checkpoint);
  expect(readFileSync(join(path, 'build.txt'), 'utf8')).toBe('b\n');
  expect(readFileSync(join(path, 'lib/x.txt'), 'utf8')).toBe('x\n');
});

test('a nested repository that an attempt made is gone, one of the checkpoint keeps its history', async () => {
  const repository = createTestRepository({ '.gitignore': 'node_modules/\n' });
  const provider = repository.provider();
  const { path, ...workspace } = await provider.open('w', undefined);
  repository.git(['init', '--quiet', join(path, 'kept')]);
  writeFiles(path, { 'kept/a.txt': 'a\n' });
  const checkpoint = await workspace.checkpoint('x');
  repository.git(['init', '--quiet', join(path, 'app')]);
  repository.git(['init', '--quiet', join(path, 'app', 'inner')]);
  writeFiles(path, {
    'app/b.txt': 'b\n',
    'app/inner/c.txt': 'c\n',
    'app/node_modules/p.js': 'p\n',
    'kept/a.txt': 'spoiled\n',
  });
  await provider.open('w', checkpoint);
  expect(photograph(join(path, 'app'))).toEqual(['node_modules/', expect.stringMatching(/^node/)]);
  expect(existsSync(join(path, 'app', '.git'))).toBe(false);
  expect(existsSync(join(path, 'kept', '.git', 'HEAD'))).toBe(true);
  expect(readFileSync(join(path, 'kept/a.txt'), 'utf8')).toBe('a\n');
});

test('the folder of a submodule that is not checked out stays', async () => {
  const library = createTestRepository({ 'lib.txt': 'lib\n' });
  const repository = createTestRepository();
  const allow = ['-c', 'protocol.file.allow=always'];
  repository.git([...allow, 'submodule', '--quiet', 'add', library.path, 'lib']);
  repository.commit({});
  const provider = repository.provider();
  const { path } = await provider.open('w', undefined);
  writeFiles(path, { 'a.txt': 'spoiled\n' });
  await provider.open('w', undefined);
  expect(existsSync(join(path, 'lib'))).toBe(true);
  expect(repository.git(['status', '--porcelain'], path)).toBe('');
});

test('a restore writes nothing through links that lead out of the workspace', async () => {
  const repository = createTestRepository({ 'dir/a.txt': 'a\n' });
  const outside = temporaryFolder();
  writeFiles(outside, { 'a.txt': 'outside\n', 'b.txt': 'outside\n' });
  const provider = repository.provider();
  const { path, ...workspace } = await provider.open('w', undefined);
  writeFiles(path, { 'dir/b.txt': 'b\n' });
  await workspace.digest();
  rmSync(join(path, 'dir'), { recursive: true });
  symlinkSync(outside, join(path, 'dir'));
  await provider.open('w', undefined);
  expect(readFileSync(join(path, 'dir/a.txt'), 'utf8')).toBe('a\n');
  expect(readFileSync(join(outside, 'a.txt'), 'utf8')).toBe('outside\n');
  expect(readFileSync(join(outside, 'b.txt'), 'utf8')).toBe('outside\n');
});

test('files that did not change are not written again', async () => {
  const repository = createTestRepository({ 'a.txt': 'a\n', 'b.txt': 'b\n', '.gitignore': 'x\n' });
  const provider = repository.provider();
  const { path } = await provider.open('w', undefined);
  const before = statSync(join(path, 'a.txt'), { bigint: true }).ctimeNs;
  writeFiles(path, { 'b.txt': 'spoiled\n', '.gitignore': 'y\n' });
  await provider.open('w', undefined);
  expect(statSync(join(path, 'a.txt'), { bigint: true }).ctimeNs).toBe(before);
});

test('files that come out differently are named by both digests, and tried again later', async () => {
  const repository = createTestRepository();
  const provider = repository.provider();
  const { path, ...workspace } = await provider.open('w', undefined);
  writeFiles(path, { 'secret.txt': 's\n' });
  const checkpoint = await workspace.checkpoint('x');
  // A git that leaves out a file stands in for another process that writes.
  const meddler = join(repository.home, 'git');
  writeFileSync(
    meddler,
    `#!/bin/sh\nPATH=\${PATH#*:}\ngit "$@"\ncode=$?\ncase "$*" in *--reset*) rm '${path}/secret.txt';; esac\nexit $code\n`,
    { mode: 0o755 },
  );
  const meddled = repository.provider({ PATH: `${repository.home}:${repository.env['PATH']}` });
  const found = repository.git(['rev-parse', 'HEAD^{tree}']).trim();
  rmSync(join(path, 'secret.txt'));
  await expect(meddled.open('w', checkpoint)).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining(`${checkpoint.digest}, found ${found}`),
    metadata: { expected: checkpoint.digest, found },
  });
  await provider.open('w', checkpoint);
  expect(readFileSync(join(path, 'secret.txt'), 'utf8')).toBe('s\n');
});

test('a repository that moved to another place goes on', async () => {
  const repository = createTestRepository();
  const { path, ...workspace } = await repository.provider().open('w', undefined);
  writeFiles(path, { 'b.txt': 'b\n' });
  const checkpoint = await workspace.checkpoint('x');
  const moved = `${repository.path}-moved`;
  renameSync(repository.path, moved);
  const { createGitWorkspaceProvider } = await import('./git-workspace-provider.ts');
  const provider = createGitWorkspaceProvider({ repository: moved, env: repository.env });
  const again = await provider.open('w', checkpoint);
  expect(readFileSync(join(again.path, 'b.txt'), 'utf8')).toBe('b\n');
  expect(repository.git(['status', '--porcelain'], again.path)).toBe('?? b.txt\n');
});

test('what an attempt made outside of a sparse checkout comes back, and the rest stays out', async () => {
  const repository = createTestRepository({ 'in/a.txt': 'a\n', 'out/b.txt': 'b\n' });
  repository.git(['sparse-checkout', 'set', 'in']);
  const provider = repository.provider();
  const { path, ...workspace } = await provider.open('w', undefined);
  writeFiles(path, { 'out/new.txt': 'new\n' });
  const checkpoint = await workspace.checkpoint('x');
  writeFiles(path, { 'out/new.txt': 'spoiled\n' });
  await provider.open('w', checkpoint);
  expect(readFileSync(join(path, 'out/new.txt'), 'utf8')).toBe('new\n');
  expect(existsSync(join(path, 'out/b.txt'))).toBe(false);
  await provider.open('w', undefined);
  expect(existsSync(join(path, 'out'))).toBe(false);
});

test('a file outside of a sparse checkout that is as it was is no change, and stays out', async () => {
  const repository = createTestRepository({ 'in/a.txt': 'a\n', 'out/b.txt': 'b\n' });
  repository.git(['sparse-checkout', 'set', 'in']);
  const provider = repository.provider();
  const { path, ...workspace } = await provider.open('w', undefined);
  writeFiles(path, { 'out/b.txt': 'b\n', 'in/c.txt': 'c\n' });
  const checkpoint = await workspace.checkpoint('x');
  expect(existsSync(join(path, 'out/b.txt'))).toBe(false);
  writeFiles(path, { 'in/c.txt': 'spoiled\n' });
  const again = await provider.open('w', checkpoint);
  expect(await again.digest()).toBe(checkpoint.digest);
});
