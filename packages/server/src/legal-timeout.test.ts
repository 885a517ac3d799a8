import { describe, expect, it } from 'vitest';
import { legalConnectTimeout, legalGrpcTimeout } from './legal-timeout.ts';

describe('a time-out', () => {
  it.each([
    ['99999999H', '2147483S'],
    ['597H', '2147483S'],
    ['596H', '596H'],
    ['35792M', '2147483S'],
    ['35791M', '35791M'],
    ['2147484S', '2147483S'],
    ['2147483S', '2147483S'],
    ['99999999m', '99999999m'],
    ['99999999u', '99999999u'],
    ['1n', '1n'],
    ['0H', '0H'],
    ['999999999H', '999999999H'],
    ['-1H', '-1H'],
    ['', ''],
  ])('of gRPC: %j is kept as %j', (found, kept) => {
    expect(legalGrpcTimeout(found)).toBe(kept);
  });

  it.each([
    ['9999999999', '2147483647'],
    ['2147483648', '2147483647'],
    ['2147483647', '2147483647'],
    ['2000', '2000'],
    ['99999999999', '99999999999'],
    ['-1', '-1'],
    ['1e9', '1e9'],
  ])('of Connect: %j is kept as %j', (found, kept) => {
    expect(legalConnectTimeout(found)).toBe(kept);
  });
});
