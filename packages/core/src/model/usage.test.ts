import { expect, it } from 'vitest';
import { addPhaseUsage, addUsage, NO_PHASE_USAGE, type Usage, usageSchema } from './usage.ts';

const most: Usage = {
  requests: Number.MAX_SAFE_INTEGER,
  inputTokens: Number.MAX_SAFE_INTEGER,
  cachedInputTokens: Number.MAX_SAFE_INTEGER,
  outputTokens: Number.MAX_SAFE_INTEGER,
  reasoningTokens: Number.MAX_SAFE_INTEGER,
  cost: Number.MAX_VALUE,
  unpricedRequests: Number.MAX_SAFE_INTEGER,
};

it('what adds up to more than a counter holds stays usage that can be reported', () => {
  expect(usageSchema.parse(addUsage(most, most))).toEqual(most);
});

it('what was set aside does so, too', () => {
  const phase = {
    ...NO_PHASE_USAGE,
    unsettledTokens: Number.MAX_SAFE_INTEGER,
    unsettledCost: Number.MAX_VALUE,
  };
  expect(addPhaseUsage(phase, phase)).toEqual(phase);
});
