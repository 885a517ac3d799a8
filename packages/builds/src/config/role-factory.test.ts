import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Config } from './load-config.ts';
import { createRoleFactory } from './role-factory.ts';

test('what is no cassette is not recorded into', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'baton-voices-'));
  const text = join(folder, 'notes.txt');
  writeFileSync(text, 'buy milk');
  const config = { roles: {} } as Config;
  const into = (record: string) =>
    createRoleFactory(config, {
      record,
      replay: undefined,
      env: {},
      agentHomes: '',
    });
  for (const path of [folder, text]) {
    await expect(into(path)).rejects.toMatchObject({
      code: 'data_loss',
      message: expect.stringContaining(`the cassette ${path} `),
    });
  }
  await expect(into(join(folder, 'new.json'))).resolves.toBeTypeOf('function');
});

test('an agent is not given a model that it cannot ask', async () => {
  const models = { gpt: { provider: 'openai', model: 'gpt-5' } };
  const roles = { code_writer: { agent: 'claude', model: 'gpt' } };
  const config = { models, roles, folder: tmpdir() } as unknown as Config;
  const options = { record: undefined, replay: undefined, env: { OPENAI_API_KEY: 'k' } };
  const making = createRoleFactory(config, { ...options, agentHomes: '' });
  await expect(making).rejects.toMatchObject({
    code: 'invalid_input',
    message:
      'roles.code_writer.model: found a model of openai, which Claude Code cannot ask; expected one of anthropic',
  });
});
