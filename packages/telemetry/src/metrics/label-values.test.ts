import { expect, it } from 'vitest';
import { createLabelValues } from './label-values.ts';

it('keeps the first values of a label, and has one for all that come later', () => {
  const bounded = createLabelValues();
  const models = Array.from({ length: 100 }, (_, n) => bounded('model', `m${n}`));
  expect(models.slice(0, 64)).toEqual(Array.from({ length: 64 }, (_, n) => `m${n}`));
  expect(new Set(models.slice(64))).toEqual(new Set(['other']));
  expect(bounded('model', 'm3')).toBe('m3');
  expect(bounded('role', 'm99')).toBe('m99');
});

it('keeps no long value', () => {
  expect(createLabelValues()('model', 'x'.repeat(129))).toBe('other');
});

it('leaves labels as they are whose values the code chooses', () => {
  const bounded = createLabelValues();
  for (let n = 0; n < 500; n++) expect(bounded('method', `m${n}`)).toBe(`m${n}`);
});
