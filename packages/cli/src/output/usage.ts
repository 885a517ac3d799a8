import type { PhaseUsage } from '@baton/core';

/**
 * What models used, in words, and what was set aside beside it; empty where there is nothing of either.
 * A price that is not known is not zero.
 */
export function tokensAndCost(usage: PhaseUsage): string {
  return [asked(usage), setAside(usage)].filter((part) => part !== '').join('; ');
}

function asked(usage: PhaseUsage): string {
  const { requests, inputTokens, cachedInputTokens, outputTokens, cost, unpricedRequests } = usage;
  if (requests === 0) return '';
  const cached = cachedInputTokens === 0 ? '' : ` (${count(cachedInputTokens)} cached)`;
  const tokens = `${count(inputTokens)}${cached} tokens in, ${count(outputTokens)} out`;
  return `${tokens}, ${costOf(cost, unpricedRequests, requests)}`;
}

/** It counts against the caps. */
function setAside({ unsettledTokens, unsettledCost }: PhaseUsage): string {
  const parts = [
    ...(unsettledTokens === 0 ? [] : [`${count(unsettledTokens)} tokens`]),
    ...(unsettledCost === 0 ? [] : [`cost ${unsettledCost.toFixed(4)}`]),
  ];
  const what = parts.join(' and ');
  return what === '' ? '' : `${what} set aside for attempts that never reported`;
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
