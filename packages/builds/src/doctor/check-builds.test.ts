import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createRepository } from '../../../adapters/src/testing/git.ts';
import { temporaryFolder } from '../../../adapters/src/testing/temporary-folder.ts';
import { buildPlaces } from '../state/baton-folder.ts';
import { checkBuilds } from './check-builds.ts';

it('warns of what could not be removed and was set aside', async () => {
  const folder = temporaryFolder();
  const repository = join(folder, 'repository');
  const git = createRepository(repository);
  git('commit', '--quiet', '--allow-empty', '--message', 'Begin');
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
