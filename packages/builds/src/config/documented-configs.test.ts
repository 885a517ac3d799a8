import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { configSchema } from './config-schema.ts';

const root = join(import.meta.dirname, '../../../..');

it.each(['README.md', 'docs/configuration.md'])(
  'the configuration in %s is a legal one',
  (page) => {
    const text = readFileSync(join(root, page), 'utf8');
    const shown = [...text.matchAll(/```json\n([\s\S]*?)```/g)];
    expect(shown).toHaveLength(1);
    expect(configSchema.safeParse(JSON.parse(shown[0]?.[1] ?? '')).error).toBeUndefined();
  },
);
