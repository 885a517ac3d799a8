import { toBudgets } from '@baton/core/internal';
import { expect, it } from 'vitest';
import { type CommandEntry, checkOf } from './check-of.ts';
import type { Purpose } from './commands-of.ts';
import { configSchema } from './config-schema.ts';

const run = (name: string) => ({ name, argv: ['run', name] });

const document = configSchema.parse({
  roles: {},
  commands: {
    ...{ install: { argv: ['npm', 'ci'] }, test: { argv: ['npm', 'test'] } },
    verify: [run('lint'), run('types')],
    ...{ deploy: { argv: ['./deploy'], target: 'x' }, smoke: [run('home'), run('login')] },
  },
});
const config = { ...document, budgets: toBudgets({}), folder: '/shop', path: '/shop/c.json' };
const { install, test, verify, smoke = [], deploy } = config.commands;

it.each<[Purpose, CommandEntry | undefined, string]>([
  ['install', install, 'commands.install'],
  ['test', test, 'commands.test'],
  ['verify', verify[1], 'commands.verify[1]'],
  ['smoke', smoke[1], 'commands.smoke[1]'],
  ['deploy', deploy, 'commands.deploy'],
  // As a model gets it.
  ['verify', verify[0] && { ...verify[0] }, 'commands.verify[0]'],
])('tells where the configuration has a command: %s', (purpose, entry, place) => {
  const places: (string | undefined)[] = [];
  const walls = (_: Purpose, __: unknown, at?: string) => void places.push(at);
  if (entry === undefined) expect.fail('no such command');
  checkOf({ config, walls, env: {} }, purpose, 'x', entry);
  expect(places).toEqual([place]);
});
