import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { configJsonSchema } from './config-schema.ts';

test('the schema in the package is the one that configurations are checked by', () => {
  const file = new URL('../../../cli/baton.config.schema.json', import.meta.url);
  // To write it anew: pnpm baton config-schema > packages/cli/baton.config.schema.json
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(
    JSON.parse(JSON.stringify(configJsonSchema())),
  );
});

test('an editor finds every key, with what it means', () => {
  const { properties } = configJsonSchema() as {
    properties: Record<string, { description?: string; properties?: Record<string, unknown> }>;
  };
  expect(Object.keys(properties)).toContain('budgets');
  expect(properties['secrets']?.description).toContain('masked');
  expect(Object.keys(properties['commands']?.properties ?? {})).toContain('install');
});
