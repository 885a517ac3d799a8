import { NO_USAGE } from '@baton/core';
import { expect, test } from 'vitest';
import { tokensAndCost } from './usage.ts';

const used = { ...NO_USAGE, requests: 2, inputTokens: 12_000, outputTokens: 300, cost: 0.5 };

test('nothing is said of models where none was asked', () => {
  expect(tokensAndCost(NO_USAGE)).toBe('');
});

test('a price that is not known is not shown as zero', () => {
  expect(tokensAndCost(used)).toBe('12,000 tokens in, 300 out, cost 0.5000');
  expect(tokensAndCost({ ...used, unpricedRequests: 1 })).toContain(
    'cost 0.5000 and 1 of 2 requests of unknown price',
  );
  expect(tokensAndCost({ ...used, cost: 0, unpricedRequests: 2 })).toContain('cost unknown');
});
