import { expect, it } from 'vitest';
import { createRedactor } from './create-redactor.ts';
import { weaknessOf } from './secret-forms.ts';

it.each([
  ['84213', 'short'],
  ['  84213\n', 'short'],
  ['Password', 'common'],
  ['postgres', 'common'],
  ['aaaaaaaa', 'common'],
  ['842137', undefined],
  ['correct-horse-battery', undefined],
])('the value %j is %s', (value, expected) => {
  expect(weaknessOf(value)).toBe(expected);
});

it('what is called short is what is not masked', () => {
  for (const value of ['84213', '842137', 'Password']) {
    const isShown = createRedactor({ values: [value] })(`it is ${value}.`).includes(value);
    expect(isShown).toBe(weaknessOf(value) === 'short');
  }
});
