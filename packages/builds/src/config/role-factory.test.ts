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
      redact: (said) => said,
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
