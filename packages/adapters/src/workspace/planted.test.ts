import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { smallBuild } from './testing/small-build.ts';
import {
  createTestRepository,
  type TestRepository,
  writeFiles,
} from './testing/test-repository.ts';

/** A program that leaves evidence of having run. */
function evilProgram({ home }: TestRepository) {
  const proof = join(home, 'planted-ran');
  const program = join(home, 'planted.sh');
  writeFileSync(program, `#!/bin/sh\ntouch '${proof}'\ncat\n`, { mode: 0o755 });
  return { proof, program };
}

function configure({ git }: TestRepository, settings: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(settings)) git(['config', name, value]);
}

test.each(['branch', 'squash', 'patch'] as const)(
  'a branch that only says that it is the work is refused, as a %s',
  async (mode) => {
    const repository = createTestRepository();
    const { git, path } = repository;
    const { provider, request } = await smallBuild(repository, { 'b.txt': 'b\n' });
    git(['switch', '--quiet', '--create', 'baton/work']);
    writeFiles(path, { 'evil.txt': 'x\n', 'b.txt': 'b\n' });
    git(['add', '--all']);
    git(['commit', '--quiet', '--message', 'Work\n\nBaton-Workflow: w']);
    git(['switch', '--quiet', 'main']);
    await expect(provider.take(request, mode)).rejects.toMatchObject({
      code: 'already_exists',
      message: expect.stringContaining('git branch -m baton/work'),
    });
    expect(git(['status', '--porcelain'])).toBe('');
  },
);

test('the work on a commit that the user does not have is refused', async () => {
  const repository = createTestRepository();
  const { git } = repository;
  const { provider, request } = await smallBuild(repository, { 'b.txt': 'b\n' });
  git(['switch', '--quiet', '--create', 'baton/work']);
  repository.commit({ 'evil.txt': 'x\n' });
  writeFiles(repository.path, { 'b.txt': 'b\n' });
  git(['add', '--all']);
  git(['commit', '--quiet', '--message', 'Work\n\nBaton-Workflow: w']);
  git(['switch', '--quiet', 'main']);
  await expect(provider.take(request, 'squash')).rejects.toMatchObject({ code: 'already_exists' });
});

test('a remote that was planted is not asked for an object that is not there', async () => {
  const repository = createTestRepository();
  const { path } = repository;
  const { provider, request } = await smallBuild(repository, { 'b.txt': 'b\n' });
  const { proof, program } = evilProgram(repository);
  configure(repository, {
    'core.repositoryFormatVersion': '1',
    'extensions.partialClone': 'evil',
    'remote.evil.url': path,
    'remote.evil.uploadpack': program,
    'remote.evil.promisor': 'true',
    'protocol.file.allow': 'always',
  });
  const place = join(path, '.git', 'refs', 'heads', 'baton');
  mkdirSync(place);
  writeFileSync(join(place, 'work'), `${'1'.repeat(40)}\n`);
  await expect(provider.take(request, 'branch')).rejects.toMatchObject({ code: 'invalid_input' });
  expect(existsSync(proof)).toBe(false);
});

test('no signature of the history is checked by a program that was planted', async () => {
  const repository = createTestRepository();
  const key = join(repository.home, 'key');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  configure(repository, { 'gpg.format': 'ssh', 'user.signingKey': key });
  repository.git(['commit', '--quiet', '--allow-empty', '-S', '--message', 'signed']);
  const { provider, request } = await smallBuild(repository, { 'b.txt': 'b\n' });
  await provider.handOver(request);
  const { proof, program } = evilProgram(repository);
  configure(repository, {
    'log.showSignature': 'true',
    'gpg.ssh.program': program,
    'gpg.ssh.allowedSignersFile': key,
  });
  expect(await provider.take(request, 'branch')).toMatchObject({ kind: 'branch' });
  expect(existsSync(proof)).toBe(false);
});

test.each(['ignore-rules', 'user-attributes'])(
  'a link %s in the git folder leads Baton to no file of the user',
  async (name) => {
    const repository = createTestRepository();
    const { provider, workspace, checkpoint } = await smallBuild(repository, { 'b.txt': 'b\n' });
    const mine = join(repository.home, '.profile');
    writeFileSync(mine, 'mine\n');
    symlinkSync(mine, join(repository.path, '.git', name));
    writeFiles(workspace.path, { 'b.txt': 'spoiled\n' });
    await provider.open('w', checkpoint);
    expect(readFileSync(mine, 'utf8')).toBe('mine\n');
    expect(readFileSync(join(workspace.path, 'b.txt'), 'utf8')).toBe('b\n');
  },
);
