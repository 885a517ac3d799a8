import { NO_PHASE_USAGE } from '@baton/core/internal';
import { expect, test } from 'vitest';
import { tokensAndCost } from './usage.ts';

const used = { ...NO_PHASE_USAGE, requests: 2, inputTokens: 12_000, outputTokens: 300, cost: 0.5 };

test('nothing is said of models where none was asked', () => {
  expect(tokensAndCost(NO_PHASE_USAGE)).toBe('');
});

test('a price that is not known is not shown as zero', () => {
  expect(tokensAndCost(used)).toBe('12,000 tokens in, 300 out, cost 0.5000');
  expect(tokensAndCost({ ...used, unpricedRequests: 1 })).toContain(
    'cost 0.5000 and 1 of 2 requests of unknown price',
  );
  expect(tokensAndCost({ ...used, cost: 0, unpricedRequests: 2 })).toContain('cost unknown');
});

test('what is set aside for lost attempts counts against the caps, and so it is shown', () => {
  const lost = { ...NO_PHASE_USAGE, unsettledTokens: 59_520, unsettledCost: 1.5 };
  const said = '59,520 tokens and cost 1.5000 set aside for attempts that never reported';
  expect(tokensAndCost(lost)).toBe(said);
  expect(tokensAndCost({ ...used, unsettledTokens: 59_520, unsettledCost: 1.5 })).toBe(
    `12,000 tokens in, 300 out, cost 0.5000; ${said}`,
  );
});
