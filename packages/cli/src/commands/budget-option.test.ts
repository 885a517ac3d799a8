import { expect, test } from 'vitest';
import { addBudget } from './request-retry-command.ts';

test('caps of the workflow and of phases add up, the last of a name counts', () => {
  const all = ['tokens=10', 'cost=0.5', 'testing.wallSeconds=1.5', 'testing.tokens=3', 'tokens=20'];
  const found = all.reduce<ReturnType<typeof addBudget> | undefined>(
    (before, text) => addBudget(text, before),
    undefined,
  );
  expect(found).toEqual({
    tokens: 20,
    cost: 0.5,
    phases: { testing: { wallMs: 1500, tokens: 3 } },
  });
});

test.each(['tokens', 'tokens=', 'tokens=0', 'tokens=-1', 'tokens=many', 'euros=3', '=3', 'a.b=1'])(
  "'%s' is refused, and the message names the legal ones",
  (text) => {
    expect(() => addBudget(text, undefined)).toThrow(/tokens, cost, wallSeconds/);
  },
);
