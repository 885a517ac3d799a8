import { expect, it } from 'vitest';
import { isEvidence } from './evidence-records.ts';

const run = { purpose: 'test', argv: ['npm', 'test'], exitCode: 0 };

it('takes the commands that were run for evidence, and nothing that is only called so', () => {
  expect(isEvidence([run, { ...run, exitCode: null }])).toBe(true);
  expect(isEvidence([])).toBe(true);
  const others = ['see the ticket', { screenshots: 2 }, ['a screenshot'], [run, 'and more'], null];
  for (const other of others) expect([other, isEvidence(other)]).toEqual([other, false]);
  expect(isEvidence([{ ...run, argv: 'npm test' }])).toBe(false);
  expect(isEvidence(undefined)).toBe(false);
});
