import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { createGitWorkspaceProvider } from '../git-workspace-provider.ts';
import { createTestRepository, type TestRepository } from '../testing/test-repository.ts';
import { examineRepository } from './examine-repository.ts';

const examine = ({ path, env }: TestRepository, more: Record<string, string> = {}) =>
  examineRepository({ repository: path, env: { ...env, ...more } });

/** Opens a build of a repository; returns a function that reads its files. */
async function opened(repository: string, { env }: TestRepository) {
  const provider = createGitWorkspaceProvider({ repository, env });
  const workspace = await provider.open('w', undefined);
  expect(await workspace.changedFiles('start')).toEqual([]);
  await workspace.checkpoint('done');
  return (name: string) => readFileSync(join(workspace.path, name), 'utf8');
}

/** Whether git has a command that is a separate program. */
function hasCommand(...argv: readonly string[]): boolean {
  try {
    execFileSync('git', argv, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

test('there is nothing to tell of a plain repository, and nothing is left behind', async () => {
  const repository = createTestRepository();
  expect(await examine(repository)).toEqual([]);
  const { worktree, state } = repository.build('w');
  expect([worktree, state].some((path) => existsSync(path))).toBe(false);
});

test('a filter that no setting defines, or whose program is missing, is a problem', async () => {
  const repository = createTestRepository({
    '.gitattributes': '*.ipynb filter=strip\n*.psd filter=lfs\n*.key filter=git-crypt\n',
    'a.ipynb': '{}',
    'b.psd': 'b',
    'c.key': 'c',
  });
  expect(await examine(repository)).toMatchObject([
    { name: 'filter strip', verdict: 'problem', advice: expect.stringContaining('filter.strip') },
    { name: 'git-lfs', verdict: 'problem', advice: expect.stringContaining('git lfs install') },
    { verdict: 'problem', advice: expect.stringContaining('git-crypt unlock') },
  ]);
  for (const name of ['lfs', 'git-crypt', 'strip']) {
    repository.git(['config', `filter.${name}.clean`, 'cat']);
    repository.git(['config', `filter.${name}.smudge`, 'cat']);
  }
  expect((await examine(repository)).map(({ verdict }) => verdict)).toEqual(['ok', 'ok', 'ok']);
  repository.git(['config', 'filter.strip.smudge', '"no such program" --fast']);
  expect((await examine(repository))[0]).toMatchObject({
    verdict: 'problem',
    found: "1 file, a.ipynb: there is no program 'no such program', which the filter 'strip' runs",
  });
});

test.runIf(hasCommand('lfs', 'version'))(
  'files of git-lfs work where their contents are on this machine',
  async () => {
    const repository = createTestRepository();
    repository.git(['lfs', 'install', '--local', '--skip-repo']);
    repository.commit({ '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n' });
    repository.commit({ 'a.bin': 'contents' });
    expect(repository.git(['show', 'HEAD:a.bin'])).toContain('oid sha256:');
    expect(await examine(repository)).toMatchObject([{ name: 'git-lfs', verdict: 'ok' }]);
    expect((await opened(repository.path, repository))('a.bin')).toBe('contents');
    rmSync(join(repository.path, '.git/lfs/objects'), { recursive: true });
    expect(await examine(repository)).toMatchObject([
      { name: 'git-lfs', verdict: 'problem', advice: 'fetch them: git lfs pull' },
    ]);
    expect(await examine(repository, { GIT_LFS_SKIP_SMUDGE: '1' })).toMatchObject([
      { name: 'git-lfs', verdict: 'warning' },
    ]);
  },
);

test.runIf(hasCommand('crypt', '--version'))(
  'a repository of git-crypt works while it is unlocked',
  async () => {
    const repository = createTestRepository();
    const { path, home } = repository;
    const crypt = (...args: string[]) => repository.git(['crypt', ...args]);
    crypt('init');
    repository.commit({ '.gitattributes': '*.key filter=git-crypt diff=git-crypt\n' });
    repository.commit({ 'a.key': 'secret\n' });
    expect(repository.git(['show', 'HEAD:a.key'])).toContain('GITCRYPT');
    expect(await examine(repository)).toMatchObject([{ name: 'filter git-crypt', verdict: 'ok' }]);
    expect((await opened(path, repository))('a.key')).toBe('secret\n');
    crypt('export-key', join(home, 'key'));
    crypt('lock');
    expect(await examine(repository)).toMatchObject([
      { verdict: 'problem', advice: 'the repository is locked: git-crypt unlock' },
    ]);
  },
);

test('submodules are told by whether the user has their commits', async () => {
  const inner = createTestRepository({ 'inner.txt': 'inner\n' });
  const repository = createTestRepository();
  const allow = ['-c', 'protocol.file.allow=always'];
  repository.git([...allow, 'submodule', '--quiet', 'add', inner.path, 'lib/inner']);
  repository.commit({});
  expect(await examine(repository)).toEqual([
    {
      name: 'submodules',
      verdict: 'ok',
      found: '1 submodule, lib/inner: checked out from your own',
    },
  ]);
  expect((await opened(repository.path, repository))('lib/inner/inner.txt')).toBe('inner\n');
  const clone = join(repository.home, 'clone');
  repository.git(['clone', '--quiet', repository.path, clone]);
  expect(await examine({ ...repository, path: clone })).toMatchObject([
    {
      verdict: 'warning',
      found: expect.stringContaining('the folder is empty in builds'),
      advice: 'git submodule update --init -- "lib/inner"',
    },
  ]);
});

test('sparse, partial and shallow clones are told, and builds work in them', async () => {
  const repository = createTestRepository({ 'a/one.txt': 'one\n', 'b/two.txt': 'two\n' });
  repository.git(['config', 'uploadpack.allowFilter', 'true']);
  repository.commit({ 'a/three.txt': '3\n' });
  const clone = (name: string, ...options: string[]) => {
    const path = join(repository.home, name);
    repository.git(['clone', '--quiet', ...options, `file://${repository.path}`, path]);
    return path;
  };
  const shallow = clone('shallow', '--depth=1');
  expect(await examine({ ...repository, path: shallow })).toMatchObject([
    { name: 'shallow clone', verdict: 'ok' },
  ]);
  expect((await opened(shallow, repository))('a/one.txt')).toBe('one\n');

  const partial = clone('partial', '--filter=blob:none');
  expect(await examine({ ...repository, path: partial })).toMatchObject([
    { name: 'partial clone', verdict: 'ok' },
  ]);
  expect((await opened(partial, repository))('b/two.txt')).toBe('two\n');

  const sparse = clone('sparse', '--filter=blob:none', '--no-checkout');
  repository.git(['sparse-checkout', 'set', 'a'], sparse);
  repository.git(['checkout', '--quiet', 'main'], sparse);
  expect(await examine({ ...repository, path: sparse })).toMatchObject([
    { name: 'sparse checkout', verdict: 'ok' },
    { name: 'partial clone', verdict: 'ok', found: expect.stringContaining('1 object') },
  ]);
  // All needed objects exist: it works without the repository that it was cloned from.
  repository.git(['remote', 'set-url', 'origin', 'file:///nowhere'], sparse);
  const read = await opened(sparse, repository);
  expect(read('a/one.txt')).toBe('one\n');
  expect(() => read('b/two.txt')).toThrow('ENOENT');

  const advice = 'git fetch --refetch --no-filter';
  const bare = clone('incomplete', '--filter=blob:none', '--no-checkout');
  expect(await examine({ ...repository, path: bare })).toMatchObject([
    { name: 'partial clone', verdict: 'problem', advice: expect.stringContaining(advice) },
  ]);
  repository.git(advice.split(' ').slice(1), bare);
  expect(await examine({ ...repository, path: bare })).toMatchObject([{ verdict: 'ok' }]);
});

test('symbolic links that git checks out as files are told, and builds work with them', async () => {
  const repository = createTestRepository();
  symlinkSync('a.txt', join(repository.path, 'link'));
  repository.git(['add', 'link']);
  repository.commit({});
  expect(await examine(repository)).toEqual([]);
  repository.git(['config', 'core.symlinks', 'false']);
  expect(await examine(repository)).toMatchObject([{ name: 'symbolic links', verdict: 'ok' }]);
  expect((await opened(repository.path, repository))('link')).toBe('a.txt');
});

test('a folder for worktrees below packages is a problem, one below a dot folder a warning', async () => {
  const { path, env } = createTestRepository();
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'node_modules'));
  const at = (directory: string) => examineRepository({ repository: path, env, directory });
  expect(await at(join(folder, 'builds'))).toMatchObject([
    { name: 'worktrees', verdict: 'problem', found: expect.stringContaining('node_modules') },
  ]);
  expect(await at(join(temporaryFolder(), '.cache/builds'))).toMatchObject([
    { name: 'worktrees', verdict: 'warning' },
  ]);
});
