import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { BatonError } from './errors.ts';

it('knows an error of another copy of the package, and nothing else', async () => {
  const copy: string = './errors.ts?copy';
  const other = (await import(copy)) as { readonly BatonError: typeof BatonError };
  const error = new other.BatonError('not_found', 'no such workflow');
  expect(error).not.toBeInstanceOf(BatonError);
  expect(BatonError.is(error)).toBe(true);
  expect(BatonError.from(error)).toBe(error);
  for (const reason of [new Error('x'), { code: 'not_found' }, 'x', null, undefined]) {
    expect(BatonError.is(reason)).toBe(false);
  }
});

it('shows nothing of how it is known', () => {
  const error = new BatonError('internal', 'x');
  expect(Object.getOwnPropertySymbols(error)).toEqual([]);
  expect(inspect(error)).not.toContain('Symbol');
});
