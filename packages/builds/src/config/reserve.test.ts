import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../../adapters/src/testing/temporary-folder.ts';
import { loadConfig } from './load-config.ts';
import { createRoleMaker } from './role-maker.ts';

const run = { argv: ['x'] };

it('what an attempt may lose to the budgets is what its role says, and nothing without models', async () => {
  const folder = temporaryFolder();
  const local = { provider: 'openai-compatible', model: 'm', baseUrl: 'http://127.0.0.1:1/v1' };
  const config = {
    models: { local },
    roles: {
      q_assistant: { model: 'local' },
      code_writer: { model: 'local', reserve: { tokens: 9 } },
      test_auditor: { command: ['x'], reserve: { tokens: 7 } },
      verification_overseer: { human: true },
    },
    commands: {
      test: run,
      verify: [{ name: 'x', ...run }],
      deploy: { ...run, target: 'x' },
      smoke: [{ name: 'x', ...run }],
    },
  };
  writeFileSync(join(folder, 'baton.config.json'), JSON.stringify(config));
  const make = await createRoleMaker(
    await loadConfig(undefined, { workspace: folder, cwd: folder }),
    {
      walls: () => undefined,
      record: undefined,
      replay: undefined,
      env: {},
      agentHomes: folder,
    },
  );
  const reserves = make(() => ({})).map(({ role, reserve }) => [role, reserve]);
  expect(Object.fromEntries(reserves)).toEqual({
    q_assistant: undefined,
    code_writer: { tokens: 9 },
    test_auditor: { tokens: 7 },
    verification_overseer: { tokens: 0, cost: 0 },
    release_manager: { tokens: 0, cost: 0 },
  });
});
