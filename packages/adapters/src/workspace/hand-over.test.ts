import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  createTestRepository,
  type TestRepository,
  writeFiles,
} from './testing/test-repository.ts';

/** A judged build that changed `files`, with a request to hand it over. */
async function aBuild(repository: TestRepository, files: Readonly<Record<string, string>>) {
  const provider = repository.provider();
  const workspace = await provider.open('w', undefined);
  writeFiles(workspace.path, files);
  const checkpoint = await workspace.checkpoint('implementation');
  const request = {
    workflowId: 'w',
    checkpoint,
    branch: 'baton/greet-1',
    message: 'Greet\n\nAll 3 tests passed.',
    at: Date.UTC(2026, 0, 2, 3, 4, 5),
  };
  return { provider, workspace, checkpoint, request };
}

test('the work is one commit on the commit that the build began at, on a branch of its own', async () => {
  const repository = createTestRepository();
  repository.git(['config', 'user.name', 'Ada']);
  repository.git(['config', 'user.email', 'ada@example.org']);
  const { provider, request } = await aBuild(repository, { 'b.txt': 'b\n' });
  const start = repository.git(['rev-parse', 'HEAD']).trim();
  const { commit, branch, parent } = await provider.handOver(request);
  expect([branch, parent]).toEqual(['baton/greet-1', start]);
  const shown = ['show', '--name-status', '--format=%H %P%n%an <%ae>%n%cI%n%B', branch];
  expect(repository.git(shown)).toBe(
    `${commit} ${start}\nAda <ada@example.org>\n2026-01-02T03:04:05+00:00\nGreet\n\nAll 3 tests passed.\n\nBaton-Workflow: w\n\n\nA\tb.txt\n`,
  );
  expect(repository.git(['status', '--porcelain'])).toBe('');
  expect(repository.git(['branch', '--show-current'])).toBe('main\n');
});

test('asked again, it is the same commit, also after the user built on it', async () => {
  const repository = createTestRepository();
  const { provider, request } = await aBuild(repository, { 'b.txt': 'b\n' });
  const first = await provider.handOver(request);
  expect(await provider.handOver(request)).toEqual(first);
  repository.git(['switch', '--quiet', 'baton/greet-1']);
  repository.commit({ 'c.txt': 'c\n' });
  expect(await provider.handOver(request)).toEqual(first);
});

test('author, committer and signature are those that are asked for', async () => {
  const repository = createTestRepository();
  const key = join(repository.home, 'key');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  for (const [name, value] of [
    ['gpg.format', 'ssh'],
    ['user.signingKey', key],
  ] as const) {
    repository.git(['config', name, value]);
  }
  const { provider, request } = await aBuild(repository, { 'b.txt': 'b\n' });
  await provider.handOver({
    ...request,
    author: { name: 'Baton', email: 'baton@example.org' },
    committer: { name: 'CI', email: 'ci@example.org' },
    sign: true,
  });
  const commit = repository.git(['cat-file', 'commit', 'baton/greet-1']);
  expect(commit).toMatch(/^author Baton <baton@example.org> 1767323045 \+0000$/m);
  expect(commit).toMatch(/^committer CI <ci@example.org> 1767323045 \+0000$/m);
  expect(commit).toContain('-----BEGIN SSH SIGNATURE-----');
});

test('a key that git cannot sign with is told, and no branch is made', async () => {
  const repository = createTestRepository();
  repository.git(['config', 'gpg.program', 'no-such-program']);
  const { provider, request } = await aBuild(repository, { 'b.txt': 'b\n' });
  await expect(provider.handOver({ ...request, sign: true })).rejects.toMatchObject({
    code: 'invalid_input',
    message: expect.stringContaining('git could not sign the commit'),
  });
  expect(repository.git(['branch', '--list', 'baton/*'])).toBe('');
});

test('a branch of the user with this name stays as it is', async () => {
  const repository = createTestRepository();
  const { provider, request } = await aBuild(repository, { 'b.txt': 'b\n' });
  repository.git(['branch', 'baton/greet-1']);
  await expect(provider.handOver(request)).rejects.toMatchObject({
    code: 'already_exists',
    message: expect.stringContaining('git branch -m baton/greet-1'),
  });
  const tips = ['rev-parse', 'baton/greet-1', 'HEAD'];
  expect(new Set(repository.git(tips).trim().split('\n')).size).toBe(1);
});

test.each(['baton..x', 'main/x', '-x y'])(
  'a branch that git does not make, %s, is told',
  async (branch) => {
    const repository = createTestRepository();
    const { provider, request } = await aBuild(repository, { 'b.txt': 'b\n' });
    await expect(provider.handOver({ ...request, branch })).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('name another one'),
    });
  },
);

test('what is handed over is what was recorded, wherever a program moves the ref', async () => {
  const repository = createTestRepository();
  const { provider, workspace, request } = await aBuild(repository, { 'b.txt': 'b\n' });
  writeFiles(workspace.path, { 'evil.txt': 'x\n' });
  await workspace.checkpoint('later');
  const { commit } = await provider.handOver(request);
  expect(repository.git(['ls-tree', '--name-only', commit])).toBe('a.txt\nb.txt\n');
});

/** A filter and hooks like those that a role could set up during a build. */
function plant({ path, home, git }: TestRepository): string {
  const proof = join(home, 'planted-ran');
  const program = `touch '${proof}'; cat`;
  for (const name of ['clean', 'smudge']) git(['config', `filter.planted.${name}`, program]);
  for (const name of ['clean', 'smudge']) git(['config', `filter.case.${name}`, program]);
  git(['config', 'merge.planted.driver', `touch '${proof}'`]);
  git(['config', 'gpg.program', join(home, 'planted.sh')]);
  git(['config', 'core.fsmonitor', `touch '${proof}'`]);
  writeFileSync(join(home, 'planted.sh'), `#!/bin/sh\ntouch '${proof}'\n`, { mode: 0o755 });
  mkdirSync(join(path, '.git', 'info'), { recursive: true });
  writeFileSync(join(path, '.git', 'info', 'attributes'), '* filter=planted merge=planted\n');
  for (const hook of [
    'post-checkout',
    'post-merge',
    'reference-transaction',
    'post-index-change',
  ]) {
    const place = join(path, '.git', 'hooks', hook);
    mkdirSync(join(path, '.git', 'hooks'), { recursive: true });
    writeFileSync(place, `#!/bin/sh\ntouch '${proof}'\n`, { mode: 0o755 });
  }
  return proof;
}

test.each(['branch', 'squash', 'patch'] as const)(
  'taking the work as a %s runs no hook, filter or driver that was planted since the build began',
  async (mode) => {
    const repository = createTestRepository({
      'a.txt': 'one\n',
      '.gitattributes': '*.x filter=case\n',
    });
    for (const [name, program] of [
      ['clean', 'tr a-z A-Z'],
      ['smudge', 'tr A-Z a-z'],
    ] as const) {
      repository.git(['config', `filter.case.${name}`, program]);
    }
    const { provider, workspace, request } = await aBuild(repository, { 'b.x': 'b\n' });
    const proof = plant(repository);
    writeFiles(workspace.path, { 'c.x': 'c\n' });
    const later = await workspace.checkpoint('with the planted ones there');
    await provider.take(request, mode);
    await provider.open('w', request.checkpoint);
    expect(existsSync(proof)).toBe(false);
    expect(repository.git(['-c', 'core.fsmonitor=false', 'show', `${later.commit}:c.x`])).toBe(
      'C\n',
    );
  },
);

test('the file of a filter that no setting names is refused rather than stored in clear', async () => {
  const repository = createTestRepository({ '.gitattributes': '*.key filter=vault\n' });
  const workspace = await repository.provider().open('w', undefined);
  writeFiles(workspace.path, { 'new.key': 'in clear' });
  await expect(workspace.checkpoint('x')).rejects.toMatchObject({
    code: 'invalid_input',
    message: expect.stringContaining("through the filter 'vault'"),
  });
  expect(readFileSync(join(workspace.path, 'new.key'), 'utf8')).toBe('in clear');
});

test('a file that has not the encoding of its attributes is told as such', async () => {
  const attributes = '*.u16 text working-tree-encoding=UTF-16LE\n';
  const repository = createTestRepository({ '.gitattributes': attributes });
  const workspace = await repository.provider().open('w', undefined);
  writeFiles(workspace.path, { 'odd.u16': 'Ä\n' });
  await expect(workspace.checkpoint('x')).rejects.toMatchObject({
    code: 'invalid_input',
    message: expect.stringContaining('odd.u16 is UTF-16LE, and it is not'),
  });
});

test('a link that is checked out as a file is handed over as a link', async () => {
  const repository = createTestRepository();
  symlinkSync('a.txt', join(repository.path, 'link'));
  repository.git(['add', 'link']);
  repository.git(['commit', '--quiet', '--message', 'link']);
  repository.git(['config', 'core.symlinks', 'false']);
  const { provider, workspace, request } = await aBuild(repository, { link: 'b.txt' });
  const { commit } = await provider.handOver(request);
  expect(repository.git(['ls-tree', commit, 'link'])).toMatch(/^120000 blob /);
  expect(repository.git(['show', `${commit}:link`])).toBe('b.txt');
  const again = await provider.open('w', request.checkpoint);
  expect(await again.digest()).toBe(request.checkpoint.digest);
  expect(workspace.path).toBe(again.path);
});
