import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Checkpoint, Workspace } from '@baton/core';
import { expect, test } from 'vitest';
import { judgePaths } from './build-paths.ts';
import { listBuildFiles } from './retention/list-build-files.ts';
import { pruneBuilds } from './retention/prune-builds.ts';
import {
  createTestRepository,
  type TestRepository,
  writeFiles,
} from './testing/test-repository.ts';

const FILES = { '.gitignore': 'dist/\nnode_modules/\n', 'src/a.js': 'a\n', 'b.txt': 'b\n' };
const INSTALLED = {
  'node_modules/.bin/lint': 'lint\n',
  'node_modules/lib/index.js': 'module\n',
};
const MODULE = 'node_modules/lib/index.js';

/** A build whose author has left these files, with its checkpoint. */
async function written(
  files: Readonly<Record<string, string>> = {},
  repository: TestRepository = createTestRepository(FILES),
): Promise<{ repository: TestRepository; author: Workspace; checkpoint: Checkpoint }> {
  const author = await repository.provider().open('w', undefined);
  writeFiles(author.path, files);
  return { repository, author, checkpoint: await author.checkpoint('implementation') };
}

/** The judges' worktree of a build, prepared with the files of `install`. */
async function prepared(checkpoint: Checkpoint, repository: TestRepository): Promise<Workspace> {
  const judge = await repository.provider().open('w', checkpoint, 'judge');
  writeFiles(judge.path, INSTALLED);
  await judge.preparation?.keep('install');
  return judge;
}

const paths = (root: string): readonly string[] =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(root, path)).isFile() && path !== '.git')
    .sort();

test('judges have the files of the checkpoint alone, in a folder of their own', async () => {
  const { repository, author, checkpoint } = await written({
    'src/a.js': "require('./.git/impl.js')\n",
    'src/.git/impl.js': 'hidden\n',
    'dist/a.js': 'stale\n',
    [MODULE]: 'planted\n',
    'new.js': 'new\n',
  });
  const judge = await repository.provider().open('w', checkpoint, 'judge');
  expect(judge.path).toBe(`${author.path}.checks`);
  expect(paths(judge.path)).toEqual(['.gitignore', 'b.txt', 'new.js', 'src/a.js']);
  expect(await judge.digest()).toBe(checkpoint.digest);
  expect(await judge.changedFiles('start')).toEqual(['new.js', 'src/a.js']);
  expect(await judge.changedFiles('entry')).toEqual([]);
  expect(existsSync(join(author.path, 'dist/a.js'))).toBe(true);
  expect(author.preparation).toBeUndefined();
});

test('what was prepared stays, and what a judge leaves beside it goes', async () => {
  const { repository, checkpoint } = await written();
  const first = await prepared(checkpoint, repository);
  const installed = statSync(join(first.path, MODULE)).ino;
  writeFiles(first.path, {
    'dist/built.js': 'x',
    'node_modules/.cache/a/b': 'x',
    'src/left.js': 'x',
    'with\nline/ä': 'x',
  });
  mkdirSync(join(first.path, 'empty'));
  symlinkSync('/etc', join(first.path, 'link'));
  const second = await repository.provider().open('w', checkpoint, 'judge');
  expect(second.preparation?.kept).toBe('install');
  expect(paths(second.path)).toEqual([
    '.gitignore',
    'b.txt',
    'node_modules/.bin/lint',
    MODULE,
    'src/a.js',
  ]);
  expect(existsSync(join(second.path, 'empty'))).toBe(false);
  expect(statSync(join(second.path, MODULE)).ino).toBe(installed);
  expect(existsSync('/etc/passwd')).toBe(true);
});

const SPOILT: Readonly<Record<string, (root: string) => void>> = {
  'other content of the same size and time': (root) => {
    const { atime, mtime } = statSync(join(root, MODULE));
    writeFileSync(join(root, MODULE), 'MODULE\n');
    utimesSync(join(root, MODULE), atime, mtime);
  },
  'content that was changed and put back': (root) => {
    writeFileSync(join(root, MODULE), 'other!\n');
    writeFileSync(join(root, MODULE), 'module\n');
  },
  'a file that was moved away for a copy': (root) => {
    renameSync(join(root, MODULE), join(root, 'node_modules/lib/old'));
    writeFileSync(join(root, MODULE), 'module\n');
  },
  'a file that is gone': (root) => rmSync(join(root, MODULE)),
  'an executable bit': (root) => chmodSync(join(root, 'node_modules/.bin/lint'), 0o755),
  'a folder that became a link': (root) => {
    renameSync(join(root, 'node_modules/lib'), join(root, 'node_modules/other'));
    symlinkSync('other', join(root, 'node_modules/lib'));
  },
  'a folder that cannot be entered': (root) => chmodSync(join(root, 'node_modules/lib'), 0),
  'a file of the checkpoint': (root) => writeFileSync(join(root, 'src/a.js'), 'a\n'),
  'a git folder in place of the link': (root) => {
    rmSync(join(root, '.git'));
    execFileSync('git', ['init', '--quiet', root]);
  },
};

for (const [name, spoil] of Object.entries(SPOILT)) {
  test(`a judge that leaves ${name} has the worktree made anew`, async () => {
    const { repository, checkpoint } = await written();
    spoil((await prepared(checkpoint, repository)).path);
    const judge = await repository.provider().open('w', checkpoint, 'judge');
    expect(judge.preparation?.kept).toBeUndefined();
    expect(paths(judge.path)).toEqual(['.gitignore', 'b.txt', 'src/a.js']);
    expect(await judge.digest()).toBe(checkpoint.digest);
    expect(readFileSync(join(judge.path, 'src/a.js'), 'utf8')).toBe('a\n');
  });
}

test('what was kept for other files counts for nothing', async () => {
  const { repository, author, checkpoint } = await written();
  await prepared(checkpoint, repository);
  writeFiles(author.path, { 'src/a.js': 'changed\n' });
  const next = await author.checkpoint('implementation');
  const judge = await repository.provider().open('w', next, 'judge');
  expect(judge.preparation?.kept).toBeUndefined();
  expect(paths(judge.path)).not.toContain(MODULE);
  expect(readFileSync(join(judge.path, 'src/a.js'), 'utf8')).toBe('changed\n');
});

test('a record that was damaged counts for nothing', async () => {
  const { repository, checkpoint } = await written();
  await prepared(checkpoint, repository);
  const { preparation } = judgePaths(repository.build('w'));
  writeFileSync(preparation, readFileSync(preparation).subarray(5));
  const judge = await repository.provider().open('w', checkpoint, 'judge');
  expect(judge.preparation?.kept).toBeUndefined();
  expect(paths(judge.path)).not.toContain(MODULE);
});

test('what a judge does with git is not there for the next one', async () => {
  const { repository, checkpoint } = await written();
  const first = await prepared(checkpoint, repository);
  const git = (root: string, ...args: readonly string[]) =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8', env: repository.env }).trim();
  writeFiles(first.path, { 'mine.js': 'x' });
  git(first.path, 'config', 'core.hooksPath', '/tmp');
  git(first.path, 'add', 'mine.js');
  git(first.path, '-c', 'user.name=x', '-c', 'user.email=x@y', 'commit', '--quiet', '-m', 'mine');
  git(first.path, 'branch', 'mine');
  const { path } = await repository.provider().open('w', checkpoint, 'judge');
  expect(git(path, 'branch', '--list', 'mine')).toBe('');
  expect(git(path, 'status', '--porcelain')).toBe('');
  expect(git(path, 'config', '--default', '', '--get', 'core.hooksPath')).toBe('');
});

test('files that a judge changes are handed on by its checkpoint', async () => {
  const { repository, checkpoint } = await written();
  const judge = await repository.provider().open('w', checkpoint, 'judge');
  writeFiles(judge.path, { 'src/a.snap': 'made\n' });
  const next = await judge.checkpoint('testing');
  const author = await repository.provider().open('w', next);
  expect(readFileSync(join(author.path, 'src/a.snap'), 'utf8')).toBe('made\n');
  expect(await author.digest()).toBe(next.digest);
});

test('a file is known by the checkpoint with which it came to be as it is', async () => {
  const { repository, author, checkpoint } = await written({ 'src/a.js': 'written\n' });
  const first = await repository.provider().open('w', checkpoint, 'judge');
  writeFiles(first.path, { '*.snap': 'made\n', 'src/a.js': 'written\n' });
  const next = await first.checkpoint('after testing');
  const judge = await repository.provider().open('w', next, 'judge');
  const labels = ['*.snap', 'src/a.js', 'b.txt'].map((path) => judge.labelOf?.(path));
  expect(await Promise.all(labels)).toEqual(['after testing', 'implementation', undefined]);
  expect(await author.labelOf?.('src/a.js')).toBeUndefined();
});

test('a judge may be the first to open a build', async () => {
  const repository = createTestRepository(FILES);
  const judge = await repository.provider().open('w', undefined, 'judge');
  const author = await repository.provider().open('w', undefined);
  expect(await author.digest()).toBe(await judge.digest());
});

test('the worktree of the judges is listed, and goes with its build', async () => {
  const { repository, author, checkpoint } = await written();
  const judge = await prepared(checkpoint, repository);
  const where = { repository: repository.path, env: repository.env };
  const { builds } = await listBuildFiles(where);
  expect(builds).toMatchObject([
    { workflowId: 'w', worktree: author.path, judgeWorktree: judge.path },
  ]);
  const rules = { worktreesAfterMs: 0, checkpointsAfterMs: undefined, handedOver: false };
  const [pruned] = await pruneBuilds({
    ...where,
    standingOf: async () => ({ kind: 'complete', at: 0 }),
    rules: { now: Date.now() + 1e10, ...rules, unknown: true, discard: false },
  });
  expect(pruned?.removed.map(({ kind, place }) => [kind, place])).toEqual([
    ['worktree', author.path],
    ['worktree', judge.path],
  ]);
  expect(existsSync(judge.path) || existsSync(author.path)).toBe(false);
  await prepared(checkpoint, repository);
  await repository.provider().remove('w');
  expect(existsSync(judge.path)).toBe(false);
});

test('a worktree of judges whose state is gone is known for one of its build', async () => {
  const { repository, checkpoint } = await written();
  const judge = await prepared(checkpoint, repository);
  rmSync(repository.build('w').state, { recursive: true });
  rmSync(repository.build('w').worktree, { recursive: true });
  repository.git(['update-ref', '-d', repository.build('w').ref]);
  const { builds } = await listBuildFiles({ repository: repository.path, env: repository.env });
  expect(builds).toMatchObject([{ workflowId: 'w', judgeWorktree: judge.path }]);
});

const WRITTEN: Readonly<Record<string, (root: string) => void>> = {
  'written with other content and back': (root) => {
    writeFileSync(join(root, 'b.txt'), 'other\n');
    writeFileSync(join(root, 'b.txt'), 'b\n');
  },
  'moved away and back': (root) => {
    renameSync(join(root, 'b.txt'), join(root, 'c.txt'));
    renameSync(join(root, 'c.txt'), join(root, 'b.txt'));
  },
  'given another name beside its own': (root) => {
    linkSync(join(root, 'b.txt'), join(root, 'dist'));
    rmSync(join(root, 'dist'));
  },
  'made executable and back': (root) => {
    chmodSync(join(root, 'b.txt'), 0o755);
    chmodSync(join(root, 'b.txt'), 0o644);
  },
  'given its old time again': (root) => {
    writeFileSync(join(root, 'b.txt'), 'b\n');
    utimesSync(join(root, 'b.txt'), 1, 1);
  },
};

for (const [name, write] of Object.entries(WRITTEN)) {
  test(`a file that was ${name} is known to have been written`, async () => {
    const { repository, checkpoint } = await written();
    const judge = await repository.provider().open('w', checkpoint, 'judge');
    await sleep(30);
    const began = Date.now() - 10;
    const writtenSince = async () => (await judge.snapshot()).writtenSince?.(began);
    expect(await writtenSince()).toEqual([]);
    write(judge.path);
    writeFiles(judge.path, { 'dist/ignored': 'x' });
    expect(await judge.digest()).toBe(checkpoint.digest);
    expect(await writtenSince()).toEqual(['b.txt']);
  });
}
