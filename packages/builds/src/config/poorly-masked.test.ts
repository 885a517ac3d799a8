import { createRedactor } from '@baton/adapters/secrets';
import { expect, it } from 'vitest';
import { checkVariables } from '../doctor/check-variables.ts';
import { poorlyMasked } from './poorly-masked.ts';

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

it.each([
  ['84213', 'fewer than 6'],
  ['  84213\n', 'fewer than 6'],
  ['Password', 'a common word'],
  ['postgres', 'a common word'],
  ['aaaaaaaa', 'a common word'],
  ['842137', undefined],
  ['correct-horse-battery', undefined],
])('says of the value %j: %s', (value, expected) => {
  const [found] = poorlyMasked({ secrets: ['ONE'], models: {} }, { ONE: value });
  if (expected === undefined) expect(found).toBeUndefined();
  else expect(found?.problem).toContain(expected);
});

it('calls short what is not masked', () => {
  for (const value of ['84213', '842137', 'Password']) {
    const isShown = createRedactor({ values: [value] })(`it is ${value}.`).includes(value);
    const [found] = poorlyMasked({ secrets: ['ONE'], models: {} }, { ONE: value });
    expect(isShown).toBe(found?.problem.includes('fewer than') ?? false);
  }
});
