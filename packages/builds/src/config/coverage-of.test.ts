import { expect, it } from 'vitest';
import { configSchema } from './config-schema.ts';
import { coverageRuleOf } from './coverage-of.ts';
import { definitionOf } from './definition-of.ts';
import type { Config } from './load-config.ts';
import { reportsOf } from './reports-of.ts';

const document = (test: object, more: object = {}) => ({
  roles: {},
  commands: {
    test: { argv: ['x'], ...test },
    verify: [{ name: 'x', argv: ['x'] }],
    deploy: { argv: ['x'], target: 'x' },
    smoke: [{ name: 'x', argv: ['x'] }],
  },
  ...more,
});

const config = (test: object, more?: object) =>
  ({ ...configSchema.parse(document(test, more)), path: 'p', folder: 'f' }) as unknown as Config;

/** The definition's testing state with a gate of this description. */
const withGate = (description: string) => ({
  gates: expect.arrayContaining([expect.objectContaining({ name: 'coverage', description })]),
});

const SETTING = 'commands.test.coverage.minimum';

it.each<[string, object, object, object, string]>([
  [
    'nothing is said',
    {},
    {},
    { minimum: 80, of: 'all', exclude: [], setting: `coverageThreshold or ${SETTING}` },
    'Line coverage is at least 80 %',
  ],
  [
    'the threshold is given apart',
    { coverage: '{reports}/x.xml' },
    { coverageThreshold: 70 },
    { minimum: 70, of: 'all', setting: `coverageThreshold or ${SETTING}` },
    'Line coverage is at least 70 %',
  ],
  [
    'the test command says it',
    { coverage: { minimum: 0, exclude: ['gen/'] } },
    {},
    { minimum: 0, of: 'all', exclude: ['gen/'], setting: SETTING },
    'Line coverage is at least 0 %',
  ],
  [
    'it is for changed lines',
    { coverage: { minimum: 95, of: 'changed lines' } },
    {},
    { minimum: 95, of: 'changed lines', setting: SETTING },
    'Line coverage of changed lines is at least 95 %',
  ],
  [
    'both are given',
    { coverage: { of: 'changed lines' } },
    { coverageThreshold: 60 },
    { minimum: 60, of: 'changed lines' },
    'Line coverage of changed lines is at least 60 %',
  ],
])('roles and gates have one rule where %s', (_, test, more, rule, gate) => {
  const one = config(test, more);
  expect(coverageRuleOf(one)).toMatchObject(rule);
  expect(definitionOf(one).states['testing']).toMatchObject(withGate(gate));
});

it('text for coverage is short for its report', () => {
  const path = '{reports}/x';
  const expected = { coverage: path, coverageFormat: 'go' };
  expect(reportsOf(config({ coverage: path, coverageFormat: 'go' }).commands.test)).toEqual(
    expected,
  );
  const whole = { coverage: { report: path, format: 'go' } };
  expect(reportsOf(config(whole).commands.test)).toEqual(expected);
  const apart = { coverage: { report: path }, coverageFormat: 'go' };
  expect(reportsOf(config(apart).commands.test)).toEqual(expected);
  expect(reportsOf(config({ lcov: path, coverage: { minimum: 1 } }).commands.test)).toEqual({
    lcov: path,
  });
});
