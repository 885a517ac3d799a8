import type { Usage } from '@baton/core';

/** What models used, in words; empty where none was asked. A price that is not known is not zero. */
export function tokensAndCost(usage: Usage): string {
  const { requests, inputTokens, cachedInputTokens, outputTokens, cost, unpricedRequests } = usage;
  if (requests === 0) return '';
  const cached = cachedInputTokens === 0 ? '' : ` (${count(cachedInputTokens)} cached)`;
  const tokens = `${count(inputTokens)}${cached} tokens in, ${count(outputTokens)} out`;
  return `${tokens}, ${costOf(cost, unpricedRequests, requests)}`;
}

function costOf(cost: number, unpriced: number, requests: number): string {
  if (unpriced === requests) return 'cost unknown';
  const known = `cost ${cost.toFixed(4)}`;
  return unpriced === 0
    ? known
    : `${known} and ${unpriced} of ${requests} requests of unknown price`;
}

function count(tokens: number): string {
  return tokens.toLocaleString('en-US');
}
