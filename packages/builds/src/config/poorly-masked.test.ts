import { expect, it } from 'vitest';
import { checkVariables } from '../doctor/check-variables.ts';
import { poorlyMasked } from './create-config-redactor.ts';

const CONFIG = { secrets: ['PIN', 'DB', 'KEY', 'NONE'], environment: [], models: {}, roles: {} };
const ENV = { PIN: '84213', DB: 'postgres', KEY: 'correct-horse-battery', NONE: '' };

it('names the variables whose values masking does little for, and no value', () => {
  const found = poorlyMasked(CONFIG, ENV);
  expect(found.map(({ variable }) => variable)).toEqual(['PIN', 'DB']);
  expect(JSON.stringify(found)).not.toMatch(/84213|postgres/);
});

it('warns of them before a build', () => {
  const findings = checkVariables(CONFIG as never, ENV);
  const warned = findings.filter(({ found }) => found.startsWith('the value of'));
  expect(warned.map(({ verdict, found }) => [verdict, found.split(' ')[3]])).toEqual([
    ['warning', 'PIN'],
    ['warning', 'DB'],
  ]);
});
