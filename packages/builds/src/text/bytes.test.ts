import { expect, test } from 'vitest';
import { bytes } from './bytes.ts';

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1 kB'],
  [999_499, '999 kB'],
  [999_500, '1.0 MB'],
  [123_400_000, '123 MB'],
  [1_440_000_000, '1.4 GB'],
  [5e15, '5000 TB'],
])('%d bytes are told as %s', (count, told) => {
  expect(bytes(count)).toBe(told);
});
