import { z } from 'zod';
import { recordByName } from './record-shape.ts';

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

/** The longest that a workflow may take, and may work: 366 days in milliseconds. */
export const MAX_TIMEOUT_MS = 366 * 86_400_000;

/** A cap on what a workflow, or one of its phases, may use. What is left out has no cap. */
const budgetSchema = z.strictObject({
  /** Input and output tokens together. */
  tokens: z.int().positive().optional(),
  /** In the currency of the price table. */
  cost: z.number().positive().optional(),
  /** Time under claims, in milliseconds; waiting for people and for workers is free. */
  wallMs: z.int().positive().optional(),
});

export type Budget = z.infer<typeof budgetSchema>;

/** The caps that a workflow runs under. */
export const budgetsSchema = budgetSchema.extend({
  /** Caps of single phases, by name. */
  phases: recordByName(budgetSchema).optional(),
});

/** Caps that a caller may set: a time at work may be as long as a workflow. */
const givenBudget = budgetSchema.extend({
  wallMs: z.int().positive().max(MAX_TIMEOUT_MS).optional(),
});
export const givenBudgets = givenBudget.extend({ phases: recordByName(givenBudget).optional() });

export type Budgets = z.infer<typeof budgetsSchema>;

/** What one attempt may use at most. What is absent has no cap. */
export interface Allowance {
  readonly tokens?: number;
  readonly cost?: number;
}

/** Of an attempt that asks no model. */
export const NO_ALLOWANCE: Allowance = { tokens: 0, cost: 0 };
