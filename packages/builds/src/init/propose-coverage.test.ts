import { expect, it } from 'vitest';
import { coverageRule } from './propose-config.ts';

it.each([
  [undefined, 'changed lines'],
  [0, 'changed lines'],
  [79.99, 'changed lines'],
  [80, 'all'],
  [100, 'all'],
] as const)('measured as %s, coverage is asked of %s', (measured, of) => {
  expect(coverageRule(measured)).toEqual({ minimum: 80, of });
});
