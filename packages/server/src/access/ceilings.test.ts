import { expect, it } from 'vitest';
import { createCeilings, defaultsWithin } from './ceilings.ts';

it('lowers the defaults to the ceilings, and fills in what they leave out', () => {
  const defaults = {
    budgets: { tokens: 500, cost: 1, phases: { testing: { tokens: 90 }, planning: { cost: 9 } } },
    maxRetries: 5,
    timeoutMs: 1000,
  };
  const ceilings = {
    budgets: { tokens: 100, wallMs: 7, phases: { testing: { tokens: 50, cost: 3 } } },
    maxRetries: 3,
    timeoutMs: 2000,
  };
  expect(defaultsWithin(defaults, ceilings)).toEqual({
    budgets: {
      ...{ tokens: 100, cost: 1, wallMs: 7 },
      phases: { testing: { tokens: 50, cost: 3 }, planning: { cost: 9 } },
    },
    maxRetries: 3,
    timeoutMs: 1000,
  });
  expect(defaultsWithin(defaults, {})).toEqual(defaults);
  const none = { ...defaults, budgets: undefined };
  expect(defaultsWithin(none, ceilings).budgets).toEqual(ceilings.budgets);
});

it('hold where a caller says that there is no cap', () => {
  const { start } = createCeilings({ budgets: { tokens: 5, phases: { testing: { cost: 1 } } } });
  const none = { tokens: undefined, phases: { testing: { cost: undefined } } } as never;
  const build = { projectId: 'p', buildId: 'b', userId: 'u', requirements: {} };
  expect(start({ ...build, budgets: none }).budgets).toEqual({
    tokens: 5,
    phases: { testing: { cost: 1 } },
  });
});
