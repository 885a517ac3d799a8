import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createNoSandbox } from '@baton/adapters/sandbox';
import { toBudgets } from '@baton/core/internal';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../../adapters/src/testing/temporary-folder.ts';
import type { Purpose } from './commands-of.ts';
import { configSchema } from './config-schema.ts';
import { createWalls, otherBuilds, otherCheckouts } from './walls.ts';

function setUp(sandbox: object = {}, prepare: (repository: string) => void = () => undefined) {
  const root = temporaryFolder();
  const at = (path: string): string => {
    mkdirSync(join(root, path), { recursive: true });
    return join(root, path);
  };
  const [home, repository, tool] = [at('home'), at('home/shop'), at('home/.nvm/v24/bin')];
  const document = configSchema.parse({
    roles: {},
    commands: { test: { argv: ['true'] }, verify: [{ name: 'x', argv: ['true'] }] },
    sandbox,
  });
  const folder = at('home/shop/config');
  prepare(repository);
  const config = { ...document, budgets: toBudgets({}), folder, path: join(folder, 'c.json') };
  const walls = createWalls(config, createNoSandbox(), {
    repository,
    directory: at('home/baton/shop-1'),
    stateDirectory: at('home/.local/state/baton/shop-1'),
    records: '',
    remote: undefined,
    agentHomes: () => '',
    env: { HOME: home, PATH: `${tool}:/usr/bin`, LIVE: '/srv/live' },
  });
  return { root, home, repository, folder, walls };
}

it('hides the home, the checkout, what Baton keeps, and shows the tools of PATH', () => {
  const { home, repository, walls } = setUp();
  const wall = walls('test', { argv: ['true'] });
  expect(wall?.hidden).toEqual([
    home,
    repository,
    join(repository, '.git'),
    join(home, 'baton'),
    join(home, '.local/state/baton'),
  ]);
  expect(wall?.readable).toEqual([join(home, '.nvm/v24')]);
});

it.each<[Purpose, readonly string[] | string]>([
  ['test', 'none'],
  ['verify', 'none'],
  ['role', ['registry.npmjs.org', 'api.anthropic.com']],
  ['install', ['registry.npmjs.org']],
  ['deploy', 'all'],
  ['smoke', 'all'],
  ['rollback', 'all'],
])('gives the network of %s: %s, unless the command says otherwise', (purpose, expected) => {
  const { walls } = setUp();
  const network = walls(purpose, { argv: ['true'] })?.network;
  if (typeof expected === 'string') expect(network).toBe(expected);
  else expect(network).toEqual({ hosts: expect.arrayContaining([...expected]) });
  const other = network === 'all' ? 'none' : 'all';
  expect(walls(purpose, { argv: ['true'], sandbox: { network: other } })?.network).toBe(other);
});

it('gives what install reaches no model, and knows no other names for hosts', () => {
  const { walls } = setUp();
  const network = walls('install', { argv: ['true'] })?.network;
  expect(network).toEqual({ hosts: expect.not.arrayContaining(['api.anthropic.com']) });
  expect(JSON.stringify(network)).not.toContain('@');
});

it.each<[Purpose, boolean]>([
  ['test', false],
  ['verify', false],
  ['role', true],
  ['install', true],
  ['deploy', true],
  ['smoke', true],
  ['rollback', true],
])('has sandbox.network hold for %s: %s', (purpose, holds) => {
  const network = ['npm.example', '@models'];
  const { walls } = setUp({ network });
  const given = walls(purpose, { argv: ['true'] })?.network;
  if (!holds) expect(given).toBe('none');
  else expect(given).toMatchObject({ hosts: expect.arrayContaining(['npm.example']) });
  const own = walls(purpose, { argv: ['true'], sandbox: { network: ['b.example:81'] } });
  expect(own?.network).toEqual({ hosts: ['b.example:81'] });
});

it('takes paths by the home, by a variable, or from the file', () => {
  const { home, folder, walls } = setUp({ read: ['~/.rustup', 'keys'], write: ['$LIVE/..'] });
  const wall = walls('deploy', {
    argv: ['true'],
    sandbox: { read: ['~'], write: ['~/.cache/new'] },
  });
  const read = [join(home, '.nvm/v24'), join(home, '.rustup'), join(folder, 'keys'), home];
  expect(wall?.readable).toEqual(read);
  expect(wall?.writable).toEqual(['/srv', join(home, '.cache/new')]);
});

it('shows what argv names in what is hidden, a file with the folder that it lies in', () => {
  const { folder, repository, home, walls } = setUp();
  mkdirSync(join(folder, 'roles'));
  for (const path of ['roles/write.mjs', '../plan.mjs']) writeFileSync(join(folder, path), '');
  const named = ['node', '{config}/roles/write.mjs', '{config}/../plan.mjs', '/etc/passwd', 'x'];
  expect(walls('role', { argv: named })?.readable).toEqual([
    join(home, '.nvm/v24'),
    join(folder, 'roles'),
    join(repository, 'plan.mjs'),
  ]);
});

it('says where a command can be given more, and what no command is shown', () => {
  const { home, repository, folder, walls } = setUp({ network: ['a.example'] });
  const own = { read: ['~/.x'], write: ['~/.y'] };
  const settings = walls('install', { argv: ['true'], sandbox: own })?.settings;
  expect(settings).toEqual({
    ...{ entry: 'commands.install', file: join(folder, 'c.json'), own, network: ['a.example'] },
    ...{ home, checkouts: [repository, join(repository, '.git')] },
    kept: [join(home, 'baton'), join(home, '.local/state/baton')],
  });
  const role = walls('role', { argv: ['true'] }, 'roles.code_writer')?.settings;
  expect(role?.entry).toBe('roles.code_writer');
});

it.each([
  ['$UNSET/x', 'the variable UNSET is not set'],
  ['/', 'that is the root of this machine'],
  ['$LIVE/../..', 'that is the root of this machine'],
  ['/no/such/folder', 'there is no /no/such/folder; only below the home it is made'],
])('refuses to have %s written: %s', (path, problem) => {
  const { walls } = setUp();
  const command = { argv: ['true'], sandbox: { write: [path] } };
  expect(() => walls('deploy', command)).toThrow(`sandbox: '${path}': ${problem}`);
});

it('hides the checkouts that share a git folder, and the builds of other repositories', () => {
  const root = temporaryFolder();
  const put = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  put('main/.git/worktrees/linked/commondir', '../..\n');
  put('main/.git/worktrees/linked/gitdir', `${root}/linked/.git\n`);
  put('main/.git/worktrees/other/gitdir', `${root}/other/.git\n`);
  put('linked/.git', `gitdir: ${root}/main/.git/worktrees/linked\n`);
  const checkouts = ['main/.git', 'main', 'linked', 'other'].map((name) => join(root, name));
  expect(otherCheckouts(join(root, 'linked'))).toEqual(checkouts);
  expect(otherCheckouts(join(root, 'main'))).toEqual(checkouts);
  put('states/shop-1/builds/wf_1/place', '/data/builds/wf_1');
  put('states/shop-2/builds/wf_2/place', '/data/builds/wf_2\n');
  put('states/shop-2/builds/wf_3/place', '/srv/own/wf_3');
  put('states/shop-2/builds/wf_4/lock', '');
  expect(otherBuilds(join(root, 'states')).toSorted()).toEqual(['/data/builds', '/srv/own']);
});

it('shows a file that argv names elsewhere alone, and follows the links of before the build', () => {
  const { home, folder, walls } = setUp({ write: ['~/cache'] });
  const elsewhere = temporaryFolder();
  const { walls: linked } = setUp({ write: ['../link'] }, (repository) =>
    symlinkSync(elsewhere, join(repository, 'link')),
  );
  expect(linked('test', { argv: ['true'] })?.writable).toEqual([elsewhere]);
  expect(walls('test', { argv: ['true'] })?.writable).toEqual([join(home, 'cache')]);
  mkdirSync(join(home, '.ssh'));
  for (const path of [join(home, '.ssh/deploy_key'), join(folder, 'run.mjs')]) {
    writeFileSync(path, '');
  }
  const named = walls('test', { argv: ['scp', '-i', join(home, '.ssh/deploy_key')] })?.readable;
  expect(named).toContain(join(home, '.ssh/deploy_key'));
  expect(named).not.toContain(join(home, '.ssh'));
  expect(walls('test', { argv: ['node', '{config}/run.mjs'] })?.readable).toContain(folder);
});
