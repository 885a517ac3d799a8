import { z } from 'zod';

const count = z.int().nonnegative();

/** What model calls used. Counters: they add up over calls, attempts and phases. */
export const usageSchema = z.strictObject({
  /** Model calls. */
  requests: count,
  /** Tokens read, the cached ones included. */
  inputTokens: count,
  /** The part of `inputTokens` that came from the provider's cache. */
  cachedInputTokens: count,
  /** Tokens written, the reasoning included. */
  outputTokens: count,
  /** The part of `outputTokens` that was reasoning. */
  reasoningTokens: count,
  /** What the requests with a known price cost, in the currency of the price table. */
  cost: z.number().nonnegative(),
  /** Requests whose price is not known: with any, `cost` is less than what was spent. */
  unpricedRequests: count,
});

export type Usage = z.infer<typeof usageSchema>;

export const NO_USAGE: Usage = {
  requests: 0,
  inputTokens: 0,
  cachedInputTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  cost: 0,
  unpricedRequests: 0,
};

export function addUsage(a: Usage, b: Usage): Usage {
  return {
    requests: a.requests + b.requests,
    inputTokens: a.inputTokens + b.inputTokens,
    cachedInputTokens: a.cachedInputTokens + b.cachedInputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    reasoningTokens: a.reasoningTokens + b.reasoningTokens,
    cost: a.cost + b.cost,
    unpricedRequests: a.unpricedRequests + b.unpricedRequests,
  };
}
