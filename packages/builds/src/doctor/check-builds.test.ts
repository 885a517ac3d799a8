import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { buildPlaces } from '../state/build-places.ts';
import { checkBuilds } from './check-builds.ts';

it('warns of what could not be removed and was set aside', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'baton-builds-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const repository = join(folder, 'repository');
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=ada', '-c', 'user.email=ada@localhost', ...args]);
  git('init', '--quiet', repository);
  git('-C', repository, 'commit', '--quiet', '--allow-empty', '--message', 'Begin');
  const env = { ...process.env, BATON_HOME: join(folder, 'home') };
  const examine = () => checkBuilds(repository, undefined, env, 'baton prune --dry-run');
  expect(await examine()).toMatchObject([{ name: 'builds', verdict: 'ok' }]);
  const aside = join(buildPlaces(repository, undefined, env).directory, 'w.aside-1');
  mkdirSync(aside, { recursive: true });
  expect(await examine()).toMatchObject([
    { name: 'builds' },
    { name: 'set aside', verdict: 'warning', found: expect.stringContaining(aside) },
  ]);
});
