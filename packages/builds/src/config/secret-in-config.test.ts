import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { createRedactor } from '@baton/adapters/secrets';
import { checkSettings } from '@baton/core/internal';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { temporaryFolder } from '../../../adapters/src/testing/temporary-folder.ts';
import { loadConfig } from './load-config.ts';

it('shows no part of a key that stands where something else was expected', () => {
  const schema = z.object({ models: z.array(z.number()) });
  // Put together here: no scanner shall take it for a real one. It is cut where values are cut.
  const key = ['sk-', 'proj-', 'aB3dE5gH7jK9mN1pQ3sT5vX7'].join('');
  for (let before = 40; before < 80; before++) {
    const document = { models: [`${'.'.repeat(before)} ${key}`] };
    const checked = checkSettings(schema, document, createRedactor());
    const [issue] = checked.kind === 'invalid' ? checked.violations : [];
    expect(issue?.description).toMatch(/^found "\.+.*; expected number$/);
    expect(issue?.description).not.toMatch(/sk-|aB3d/);
  }
});

it('quotes nothing of a file that is no JSON: a part of a key would not be known as one', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'baton.config.json'), '{"key": x7Kx2Lm9Pv4Rt6YZq8}');
  const loading = loadConfig(undefined, { workspace: folder, cwd: folder });
  const refusal = await loading.catch((reason: unknown) => reason);
  expect(String(refusal)).toMatch(/baton\.config\.json is not JSON: expected a value at line 1, c/);
  expect(inspect(refusal)).not.toContain('x7Kx');
});
