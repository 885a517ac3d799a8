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

/** The sum; counters end at the largest number that they can be, for beyond it no schema takes them. */
export function addUsage(a: Usage, b: Usage): Usage {
  return {
    requests: addCounts(a.requests, b.requests),
    inputTokens: addCounts(a.inputTokens, b.inputTokens),
    cachedInputTokens: addCounts(a.cachedInputTokens, b.cachedInputTokens),
    outputTokens: addCounts(a.outputTokens, b.outputTokens),
    reasoningTokens: addCounts(a.reasoningTokens, b.reasoningTokens),
    cost: Math.min(a.cost + b.cost, Number.MAX_VALUE),
    unpricedRequests: addCounts(a.unpricedRequests, b.unpricedRequests),
  };
}

function addCounts(a: number, b: number): number {
  return Math.min(a + b, Number.MAX_SAFE_INTEGER);
}

/** What a phase has used so far. */
export const phaseUsageSchema = usageSchema.extend({
  /** Time under claims, in milliseconds. */
  durationMs: count,
  /**
   * Set aside for attempts that ended without a word. It may have been used, so it counts against
   * the caps.
   */
  unsettledTokens: count,
  unsettledCost: z.number().nonnegative(),
});

export type PhaseUsage = Readonly<z.infer<typeof phaseUsageSchema>>;

export const NO_PHASE_USAGE: PhaseUsage = {
  ...NO_USAGE,
  durationMs: 0,
  unsettledTokens: 0,
  unsettledCost: 0,
};

export function addPhaseUsage(a: PhaseUsage, b: PhaseUsage): PhaseUsage {
  return {
    ...addUsage(a, b),
    durationMs: addCounts(a.durationMs, b.durationMs),
    unsettledTokens: addCounts(a.unsettledTokens, b.unsettledTokens),
    unsettledCost: Math.min(a.unsettledCost + b.unsettledCost, Number.MAX_VALUE),
  };
}
