import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { createGitWorkspaceProvider } from './git-workspace-provider.ts';
import { photograph } from './testing/photograph.ts';
import {
  createTestRepository,
  type TestRepository,
  writeFiles,
} from './testing/test-repository.ts';

/** The user's checkout and git folder, without objects and Baton's own refs. */
function look({ path }: TestRepository): readonly string[] {
  const git = photograph(join(path, '.git'));
  return [...git.filter((line) => !/^(?:objects|refs\/baton)\//.test(line)), ...photograph(path)];
}

/** What a role does to the git folder that git names, with programs that git would run. */
const PLANTED = `
set -e
common=$(git rev-parse --path-format=absolute --git-common-dir)
printf '#!/bin/sh\\ntouch "%s/ran"\\ncat\\n' "$HOME" > "$HOME/program"; chmod +x "$HOME/program"
for name in core.fsmonitor filter.x.smudge filter.x.clean diff.external; do
  git config --file "$common/config" $name "$HOME/program"
done
git config --file "$common/config" core.hooksPath .husky/_
git config --file "$common/config" include.path "$HOME/included"
git config --file "$common/config" core.attributesFile "$HOME/attributes"
echo '* filter=x' > "$HOME/attributes"
mkdir -p "$common/hooks" "$common/info"
echo '*' > "$common/info/exclude"
for hook in post-checkout reference-transaction pre-commit; do cp "$HOME/program" "$common/hooks/$hook"; done
git -c core.hooksPath=/dev/null -c user.name=R -c user.email=r@localhost commit -q --allow-empty -m evil
git -c core.hooksPath=/dev/null update-ref refs/heads/main HEAD
git -c core.hooksPath=/dev/null update-ref refs/tags/evil HEAD
git -c core.hooksPath=/dev/null symbolic-ref HEAD refs/heads/evil
echo staged > staged.txt; git -c core.hooksPath=/dev/null -c core.fsmonitor= add --force staged.txt || true
`;

test('whatever a role does with git leaves the repository of the user as it was, byte for byte', async () => {
  const repository = createTestRepository();
  const { env } = repository;
  const provider = repository.provider();
  const before = look(repository);
  const { path, ...workspace } = await provider.open('w', undefined);
  execFileSync('sh', ['-c', PLANTED], { cwd: path, env, stdio: 'pipe' });
  rmSync(join(repository.home, 'ran'), { force: true });
  writeFiles(path, { 'b.txt': 'b\n' });
  const checkpoint = await workspace.checkpoint('implementation');
  expect(look(repository)).toEqual(before);

  // The next attempt starts with a git folder that nothing of this controls.
  const again = await provider.open('w', checkpoint);
  const own = repository.build('w').git;
  expect(readdirSync(own)).not.toContain('hooks');
  const config = readFileSync(join(own, 'config'), 'utf8');
  expect(config).not.toMatch(/program|husky|included/);
  expect(repository.git(['rev-parse', 'HEAD'], path)).toBe(repository.git(['rev-parse', 'HEAD']));
  expect(await again.changedFiles('start')).toEqual(['b.txt', 'staged.txt']);
  expect(existsSync(join(repository.home, 'ran'))).toBe(false);
  expect(look(repository)).toEqual(before);
});

test('nothing of Baton is written through links that a role leaves in the git folder', async () => {
  const repository = createTestRepository();
  const provider = repository.provider();
  const { path, ...workspace } = await provider.open('w', undefined);
  const checkpoint = await workspace.checkpoint('x');
  const before = look(repository);
  const own = repository.build('w').git;
  for (const name of ['config', 'HEAD', 'index', 'info', 'hooks']) {
    rmSync(join(own, name), { recursive: true, force: true });
    symlinkSync(join(repository.path, '.git', name), join(own, name));
  }
  writeFiles(path, { 'a.txt': 'spoiled\n' });
  await provider.open('w', checkpoint);
  expect(look(repository)).toEqual(before);
  expect(repository.git(['status', '--porcelain'], path)).toBe('');

  rmSync(own, { recursive: true });
  symlinkSync(join(repository.path, '.git'), own);
  await provider.open('w', checkpoint);
  expect(look(repository)).toEqual(before);
  expect(repository.git(['status', '--porcelain'], path)).toBe('');
});

test('history, branches, tags and remotes are there for roles, and no password', async () => {
  const repository = createTestRepository();
  const { git } = repository;
  git(['tag', '--annotate', '--message', 'one', 'v1']);
  git(['branch', 'feature']);
  repository.commit({ 'a.txt': 'two\n' });
  const remotes = {
    origin: 'https://example.org/shop.git',
    ssh: 'ssh://git@example.org/shop.git',
    token: 'https://ghp_secret@example.org/shop.git',
    password: 'ssh://git:secret@example.org/shop.git',
    query: 'https://example.org/shop.git?private_token=secret',
    program: 'ext::sh -c secret',
  };
  for (const [name, url] of Object.entries(remotes)) git(['remote', 'add', name, url]);
  git(['config', 'credential.helper', 'store --file secret']);
  git(['config', 'http.extraHeader', 'Authorization: secret']);
  git(['update-ref', 'refs/remotes/origin/main', 'feature']);
  git(['symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/main']);
  const { path } = await repository.provider().open('w', undefined);
  expect(git(['describe'], path)).toMatch(/^v1-1-g/);
  expect(git(['merge-base', 'HEAD', 'origin/HEAD'], path)).toBe(git(['rev-parse', 'feature']));
  expect(git(['symbolic-ref', 'refs/remotes/origin/HEAD'], path)).toBe(
    'refs/remotes/origin/main\n',
  );
  expect(git(['log', '--format=%H', 'main'], path)).toBe(git(['log', '--format=%H', 'main']));
  expect(git(['for-each-ref', 'refs/baton'], path)).toBe('');
  expect(git(['remote'], path)).toBe('origin\nssh\n');
  expect(readFileSync(join(repository.build('w').git, 'config'), 'utf8')).not.toContain('secret');
});

test('a clean tree looks clean to git there, by the filters, line ends and rules of the user', async () => {
  const repository = createTestRepository({ 'a.txt': 'a\n' });
  const { git } = repository;
  git(['config', 'filter.up.clean', 'tr a-z A-Z']);
  git(['config', 'filter.up.smudge', 'tr A-Z a-z']);
  git(['config', 'core.autocrlf', 'true']);
  writeFiles(repository.path, {
    '.git/info/exclude': 'mine\n',
    '.git/info/attributes': '*.up filter=up\n',
  });
  repository.commit({ 'b.up': 'b\n' });
  const { path } = await repository.provider().open('w', undefined);
  // New times make git examine the files themselves.
  for (const name of ['a.txt', 'b.up'])
    writeFileSync(join(path, name), readFileSync(join(path, name)));
  writeFiles(path, { mine: '' });
  expect(git(['status', '--porcelain'], path)).toBe('');
  expect(readFileSync(join(path, 'a.txt'), 'utf8')).toBe('a\r\n');
});

test.each([
  ['shares the objects of another', ['--shared']],
  ['is a shallow clone', ['--depth', '1', '--no-local']],
])('git works in the worktree of a repository that %s', async (_, options) => {
  const origin = createTestRepository();
  origin.commit({ 'a.txt': 'two\n' });
  const path = join(temporaryFolder(), 'clone');
  origin.git(['clone', '--quiet', ...options, origin.path, path]);
  const provider = createGitWorkspaceProvider({ repository: path, env: origin.env });
  const { path: worktree } = await provider.open('w', undefined);
  expect(origin.git(['log', '--format=%H'], worktree)).toBe(
    origin.git(['log', '--format=%H'], path),
  );
  expect(origin.git(['status', '--porcelain'], worktree)).toBe('');
  expect(origin.git(['fsck', '--no-dangling'], worktree)).toBe('');
});
