import { createRedactor } from '@baton/adapters/secrets';
import { checkSettings } from '@baton/core';
import { expect, it } from 'vitest';
import { z } from 'zod';

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
