import { NO_USAGE, type Usage } from '@baton/core';
import type { LanguageModelUsage } from 'ai';
import type { ModelOptions, Price } from './model-config.ts';

/** How much dearer Anthropic writes its cache than it reads plain input. */
const ANTHROPIC_CACHE_WRITE = 1.25;
const MILLION = 1_000_000;

/** Tokens to count where the provider says nothing. */
export interface Estimate {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/**
 * What one model call used, and what it cost where there is a price. Without figures from the
 * provider (a stream that broke off, a server that keeps no count) the estimate is counted: under a
 * cap, too much is better than nothing.
 */
export function usageOf(
  model: ModelOptions,
  used: LanguageModelUsage | undefined,
  estimate: Estimate,
): Usage {
  // No request is empty: who counts nothing, doesn't count.
  const inputTokens = used?.inputTokens || estimate.inputTokens;
  const outputTokens = used?.outputTokens || estimate.outputTokens;
  const cached = used?.inputTokenDetails.cacheReadTokens ?? 0;
  const written = used?.inputTokenDetails.cacheWriteTokens ?? 0;
  const tokens = { inputTokens, outputTokens, cached, written };
  return {
    requests: 1,
    inputTokens,
    cachedInputTokens: cached,
    outputTokens,
    reasoningTokens: used?.outputTokenDetails.reasoningTokens ?? 0,
    cost: model.price === undefined ? 0 : costOf(model.price, model.provider, tokens),
    unpricedRequests: model.price === undefined ? 1 : 0,
  };
}

function costOf(
  price: Price,
  provider: string,
  tokens: { inputTokens: number; outputTokens: number; cached: number; written: number },
): number {
  const { inputTokens, outputTokens, cached, written } = tokens;
  const plain = Math.max(0, inputTokens - cached - written);
  const writing = price.cacheWriteInput ?? price.input * cacheWriteFactor(provider);
  const total =
    plain * price.input +
    cached * (price.cachedInput ?? price.input) +
    written * writing +
    outputTokens * price.output;
  return total / MILLION;
}

/** The most that a token of input can cost. */
export function dearestInput(price: Price, provider: string): number {
  return Math.max(price.input, price.cacheWriteInput ?? price.input * cacheWriteFactor(provider));
}

function cacheWriteFactor(provider: string): number {
  return provider === 'anthropic' ? ANTHROPIC_CACHE_WRITE : 1;
}

/** A call that was refused before anything was generated: providers don't charge for it. */
export const REFUSED_CALL: Usage = { ...NO_USAGE, requests: 1 };
