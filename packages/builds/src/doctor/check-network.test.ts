import { expect, it } from 'vitest';
import { configSchema } from '../config/config-schema.ts';
import { checkNetwork } from './check-sandbox.ts';

const run = { argv: ['true'] };
const config = configSchema.parse({
  roles: { code_writer: { command: ['x'] }, q_assistant: { human: true } },
  commands: {
    install: run,
    test: run,
    verify: [
      { name: 'x', ...run },
      { name: 'y', ...run, sandbox: { network: ['localhost:5432'] } },
    ],
    deploy: { ...run, target: 'x' },
    smoke: [{ name: 'x', ...run, sandbox: { network: [] } }],
  },
});

it('says in a line what commands may reach', () => {
  expect(checkNetwork(config, 'bubblewrap')).toEqual([
    {
      name: 'network',
      verdict: 'ok',
      found:
        'install: @registries; test, verify, smoke: nothing; verify: localhost:5432; deploy: everything; code_writer: @registries @models',
    },
  ]);
});

it('says nothing of it where no sandbox sees to it', () => {
  expect(checkNetwork(config, 'none')).toEqual([]);
});
