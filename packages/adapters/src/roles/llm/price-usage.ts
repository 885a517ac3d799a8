import type { Usage } from '@baton/core';
import { NO_USAGE } from '@baton/core/internal';
import type { ModelOptions, Price } from './model-config.ts';
import type { CallTokens } from './read-usage.ts';

/** Anthropic's price of writing to its cache, as a multiple of the input price. */
const ANTHROPIC_CACHE_WRITE = 1.25;
const MILLION = 1_000_000;

/** What a model call used, and its cost where the price is known. */
export function usageOf(model: ModelOptions, tokens: CallTokens): Usage {
  const { inputTokens, cachedInputTokens, outputTokens, reasoningTokens } = tokens;
  return {
    requests: 1,
    inputTokens,
    cachedInputTokens,
    outputTokens,
    reasoningTokens,
    cost: model.price === undefined ? 0 : costOf(model.price, model.provider, tokens),
    unpricedRequests: model.price === undefined ? 1 : 0,
  };
}

function costOf(price: Price, provider: string, tokens: CallTokens): number {
  const { inputTokens, cachedInputTokens, writtenInputTokens, outputTokens } = tokens;
  const plain = inputTokens - cachedInputTokens - writtenInputTokens;
  const writing = price.cacheWriteInput ?? price.input * cacheWriteFactor(provider);
  const total =
    plain * price.input +
    cachedInputTokens * (price.cachedInput ?? price.input) +
    writtenInputTokens * writing +
    outputTokens * price.output;
  return total / MILLION;
}

/** The highest price of an input token. */
export function dearestInput(price: Price, provider: string): number {
  return Math.max(price.input, price.cacheWriteInput ?? price.input * cacheWriteFactor(provider));
}

function cacheWriteFactor(provider: string): number {
  return provider === 'anthropic' ? ANTHROPIC_CACHE_WRITE : 1;
}

/** A call that was refused before any output: providers do not charge for it. */
export const REFUSED_CALL: Usage = { ...NO_USAGE, requests: 1 };
