import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  createTestRepository,
  makePipe,
  type TestRepository,
  writeFiles,
} from './testing/test-repository.ts';

const namesIn = (repository: TestRepository, tree: string) =>
  repository.git(['ls-tree', '-r', '-z', '--name-only', tree]).split('\0').slice(0, -1);

test('equal files have equal digests, whatever repository, settings and attributes they lie in', async () => {
  const files = { 'a.txt': 'one\r\ntwo\n', 'b.bin': Buffer.from([0, 255, 13, 10]) };
  const plain = createTestRepository({});
  const odd = createTestRepository({ 'old.txt': 'x\n' });
  odd.git(['config', 'core.autocrlf', 'true']);
  odd.git(['config', 'core.fileMode', 'false']);
  odd.git(['config', 'filter.shout.clean', 'tr a-z A-Z']);
  writeFileSync(
    join(odd.path, '.git', 'info', 'attributes'),
    '* text=auto eol=crlf ident filter=shout working-tree-encoding=UTF-16\n',
  );
  const digests = [plain, odd].map(async (repository) => {
    const workspace = await repository.provider().open('w', undefined);
    rmSync(join(workspace.path, 'old.txt'), { force: true });
    writeFiles(workspace.path, files);
    return workspace.digest();
  });
  const [first, second] = await Promise.all(digests);
  expect(first).toBe(second);
});

test('every change of bytes, names, links or the executable bit changes the digest, and back', async () => {
  const repository = createTestRepository({ 'a.txt': 'one\n' });
  const { path, ...workspace } = await repository.provider().open('w', undefined);
  const file = join(path, 'a.txt');
  const before = await workspace.digest();
  const seen = new Set([before]);
  const changes = [
    () => writeFileSync(file, 'two\n'),
    () => writeFileSync(file, 'one\r\n'),
    () => chmodSync(file, 0o755),
    () => symlinkSync('a.txt', join(path, 'link')),
    () => writeFileSync(join(path, 'b.txt'), 'one\n'),
    () => writeFileSync(join(path, 'empty'), ''),
  ];
  for (const change of changes) {
    change();
    seen.add(await workspace.digest());
  }
  expect(seen.size).toBe(changes.length + 1);
  for (const name of ['a.txt', 'link', 'b.txt', 'empty']) rmSync(join(path, name));
  writeFileSync(file, 'one\n');
  expect(await workspace.digest()).toBe(before);
});

test('a change that keeps size and time is seen', async () => {
  const repository = createTestRepository({ 'a.txt': 'one\n' });
  const { path, ...workspace } = await repository.provider().open('w', undefined);
  const file = join(path, 'a.txt');
  const digests = new Set<string>();
  const longAgo = new Date('2001-01-01');
  for (let round = 0; round < 10; round += 1) {
    writeFileSync(file, `${round}ne\n`);
    utimesSync(file, longAgo, longAgo);
    digests.add(await workspace.digest());
  }
  expect(digests.size).toBe(10);
});

test('a digest makes no checkpoint', async () => {
  const repository = createTestRepository();
  const workspace = await repository.provider().open('w', undefined);
  const before = repository.git(['rev-parse', 'refs/baton/w']);
  writeFiles(workspace.path, { 'b.txt': 'b\n' });
  await workspace.digest();
  expect(repository.git(['rev-parse', 'refs/baton/w'])).toBe(before);
});

test('a checkpoint holds untracked files and no ignored ones, whichever rule ignores them', async () => {
  const repository = createTestRepository({ '.gitignore': 'by-tree\n', 'a.txt': 'one\n' });
  writeFiles(repository.path, { '.git/info/exclude': 'by-repository\n' });
  writeFiles(repository.home, { 'ignore-file': 'by-user\n' });
  repository.git(['config', 'core.excludesFile', join(repository.home, 'ignore-file')]);
  const workspace = await repository.provider().open('w', undefined);
  const names = ['by-tree', 'by-repository', 'by-user', 'new.txt'];
  writeFiles(workspace.path, Object.fromEntries(names.map((name) => [name, name])));
  const { commit } = await workspace.checkpoint('x');
  expect(namesIn(repository, commit)).toEqual(['.gitignore', 'a.txt', 'new.txt']);
});

test("the ignore file in git's default place counts", async () => {
  const repository = createTestRepository();
  writeFiles(repository.home, { '.config/git/ignore': 'by-default\n' });
  const workspace = await repository.provider().open('w', undefined);
  writeFiles(workspace.path, { 'by-default': '' });
  expect(namesIn(repository, await workspace.digest())).toEqual(['a.txt']);
});

test('rules from outside the tree are those of the beginning, so that old digests stay true', async () => {
  const repository = createTestRepository();
  const provider = repository.provider();
  const workspace = await provider.open('w', undefined);
  writeFiles(workspace.path, { 'b.txt': 'b\n' });
  const checkpoint = await workspace.checkpoint('x');
  writeFiles(repository.path, { '.git/info/exclude': 'b.txt\n' });
  const again = await provider.open('w', checkpoint);
  expect(await again.digest()).toBe(checkpoint.digest);
});

test('nothing that a program wrote into the private folder, or marked as unchanged, has a say', async () => {
  const repository = createTestRepository({ 'a.txt': 'one\n' });
  const { path, ...workspace } = await repository.provider().open('w', undefined);
  const before = await workspace.digest();
  const shadow = repository.build('w').state;
  // What a program could leave: an index that claims a file is unchanged, rules, a filter.
  for (const index of [join(shadow, 'index'), join(repository.build('w').git, 'index')]) {
    const call = { cwd: path, env: { ...repository.env, GIT_INDEX_FILE: index } };
    for (const flag of ['--add', '--assume-unchanged', '--skip-worktree']) {
      execFileSync('git', ['update-index', flag, 'a.txt'], call);
    }
  }
  writeFiles(shadow, {
    'ignore-rules': 'b.txt\n',
    'info/attributes': '* filter=old\n',
    config: '[filter "old"]\n\tclean = echo one\n',
  });
  writeFiles(repository.path, { '.git/info/exclude': 'b.txt\n' });
  writeFiles(path, { 'a.txt': 'two\n', 'b.txt': 'b\n' });
  expect(await workspace.digest()).not.toBe(before);
  expect(await workspace.changedFiles('start')).toEqual(['a.txt', 'b.txt']);
});

test('ignored files that the starting commit holds are part of the digest, also after they were away', async () => {
  const repository = createTestRepository({ '.gitignore': 'dist/\n', 'dist/kept.js': 'kept\n' });
  const { path, ...workspace } = await repository.provider().open('w', undefined);
  writeFiles(path, { 'dist/other.js': 'ignored\n' });
  const before = await workspace.digest();
  expect(await workspace.files()).toEqual(['.gitignore', 'dist/kept.js']);
  rmSync(join(path, 'dist'), { recursive: true });
  expect(await workspace.files()).toEqual(['.gitignore']);
  writeFiles(path, { 'dist/kept.js': 'kept\n' });
  expect(await workspace.digest()).toBe(before);
});

test('files of nested repositories, and nested ones in those, are part of it', async () => {
  const repository = createTestRepository();
  const { path, ...workspace } = await repository.provider().open('w', undefined);
  writeFiles(path, { 'app/main.ts': 'main\n', 'app/inner/deep.ts': 'deep\n' });
  repository.git(['init', '--quiet', join(path, 'app', 'inner')]);
  repository.git(['init', '--quiet', join(path, 'app')]);
  const digest = await workspace.digest();
  expect(await workspace.files()).toEqual(['a.txt', 'app/inner/deep.ts', 'app/main.ts']);
  writeFiles(path, { 'app/inner/deep.ts': 'changed\n' });
  expect(await workspace.digest()).not.toBe(digest);
});

test('names with spaces, newlines, quotes, leading dashes and bytes that are no text are kept', async () => {
  const repository = createTestRepository();
  const provider = repository.provider();
  const { path, ...workspace } = await provider.open('w', undefined);
  const names = [
    ' leading and trailing ',
    'new\nline',
    'tab\tand "quotes"',
    '-rf',
    '--force',
    ':(exclude)*',
    '*',
    'back\\slash',
    'grüße 漢字 🎉',
    '.hidden',
    'git~1',
    '!bang',
    '#hash',
  ];
  writeFiles(path, Object.fromEntries(names.map((name) => [name, `in ${name}`])));
  const bytes = Buffer.concat([Buffer.from(`${path}/latin1-`), Buffer.from([0xe9, 0xff])]);
  writeFileSync(bytes, 'in latin1');
  const nested = Buffer.concat([Buffer.from(`${path}/nested-`), Buffer.from([0xe9])]);
  repository.git(['init', '--quiet', join(path, 'nested')]);
  renameSync(join(path, 'nested'), nested);
  writeFileSync(Buffer.concat([nested, Buffer.from('/in')]), 'in nested');
  const checkpoint = await workspace.checkpoint('x');
  expect(namesIn(repository, checkpoint.commit)).toHaveLength(names.length + 3);
  for (const name of names) writeFileSync(join(path, name), 'spoiled');
  writeFileSync(bytes, 'spoiled');
  await provider.open('w', checkpoint);
  for (const name of names) expect(readFileSync(join(path, name), 'utf8')).toBe(`in ${name}`);
  expect(readFileSync(bytes, 'utf8')).toBe('in latin1');
  await provider.open('w', undefined);
  expect(await workspace.digest()).toBe(repository.git(['rev-parse', 'HEAD^{tree}']).trim());
});

test('a name that git cannot store is refused by name', async () => {
  const repository = createTestRepository();
  const workspace = await repository.provider().open('w', undefined);
  writeFiles(workspace.path, { 'sub/.GIT/x': 'x' });
  await expect(workspace.checkpoint('x')).rejects.toMatchObject({
    code: 'invalid_input',
    violations: [{ field: 'sub/.GIT/x' }],
  });
});

test('a pipe where a file was is refused by name: its content would be in no digest', async () => {
  const repository = createTestRepository();
  const workspace = await repository.provider().open('w', undefined);
  rmSync(join(workspace.path, 'a.txt'));
  makePipe(join(workspace.path, 'a.txt'));
  await expect(workspace.digest()).rejects.toMatchObject({
    code: 'invalid_input',
    violations: [
      {
        field: 'a.txt',
        description:
          'expected files and links, found a.txt: it is a pipe, socket or device: delete it',
      },
    ],
  });
});

test('an empty workspace has a digest and can be restored', async () => {
  const repository = createTestRepository();
  const provider = repository.provider();
  const { path, ...workspace } = await provider.open('w', undefined);
  rmSync(join(path, 'a.txt'));
  const empty = await workspace.checkpoint('x');
  expect(namesIn(repository, empty.commit)).toEqual([]);
  await provider.open('w', undefined);
  await provider.open('w', empty);
  expect(await workspace.digest()).toBe(empty.digest);
});

test('a build can begin with no files', async () => {
  const repository = createTestRepository({});
  const workspace = await repository.provider().open('w', undefined);
  expect(namesIn(repository, await workspace.digest())).toEqual([]);
  expect(namesIn(repository, await workspace.digest())).toEqual([]);
});

test.skipIf(process.getuid?.() === 0)(
  'a folder that cannot be read is an error, not a folder without files (root reads everything)',
  async () => {
    const repository = createTestRepository();
    const { path, ...workspace } = await repository.provider().open('w', undefined);
    writeFiles(path, { 'closed/b.txt': 'b\n' });
    chmodSync(join(path, 'closed'), 0o000);
    try {
      await expect(workspace.digest()).rejects.toMatchObject({ code: 'unavailable' });
    } finally {
      chmodSync(join(path, 'closed'), 0o700);
    }
  },
);
