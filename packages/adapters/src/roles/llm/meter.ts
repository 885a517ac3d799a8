import { type Allowance, BatonError, type Usage } from '@baton/core';
import { addUsage, NO_USAGE } from '@baton/core/internal';
import { outputTokensOf } from './context-window.ts';
import type { ModelOptions } from './model-config.ts';
import { dearestInput } from './price-usage.ts';
import { modelName } from './principal.ts';

/*
 * Invariants
 * 1. Usage is reported at once, before anything else can fail.
 * 2. No model call begins that, by its estimate, could use more than what is left.
 */

/** Counts what an attempt uses and keeps it within its allowance. */
export interface Meter {
  /**
   * Reserves a call; returns the number of tokens that its answer may have.
   *
   * @throws BatonError `budget_spent` when the rest of the allowance does not cover the call, `invalid_input`
   * when costs are limited and the model has no price.
   */
  reserve(model: ModelOptions, inputTokens: number): number;
  count(used: Usage): void;
}

/** A call is not worth its input when the answer must be shorter than this. */
const LEAST_OUTPUT_TOKENS = 256;
const MILLION = 1_000_000;

export function createMeter(
  allowance: Allowance | undefined,
  report: (used: Usage) => void,
): Meter {
  let total = NO_USAGE;

  function tokensLeft(inputTokens: number): number {
    if (allowance?.tokens === undefined) return Number.POSITIVE_INFINITY;
    return allowance.tokens - total.inputTokens - total.outputTokens - inputTokens;
  }

  function affordable(model: ModelOptions, inputTokens: number): number {
    if (allowance?.cost === undefined) return Number.POSITIVE_INFINITY;
    const { price, provider } = model;
    if (price === undefined) {
      throw new BatonError(
        'invalid_input',
        `costs are capped at ${allowance.cost}, but the price of ${modelName(model)} is not known: add it to the price table`,
      );
    }
    const left =
      allowance.cost - total.cost - (inputTokens * dearestInput(price, provider)) / MILLION;
    if (price.output === 0) return left < 0 ? 0 : Number.POSITIVE_INFINITY;
    return Math.floor((left * MILLION) / price.output);
  }

  return {
    count(used) {
      total = addUsage(total, used);
      report(used);
    },
    reserve(model, inputTokens) {
      const wanted = outputTokensOf(model);
      const outputTokens = Math.min(
        wanted,
        tokensLeft(inputTokens),
        affordable(model, inputTokens),
      );
      if (outputTokens >= Math.min(wanted, LEAST_OUTPUT_TOKENS)) return outputTokens;
      throw spent(allowance ?? {}, total, model, inputTokens);
    },
  };
}

function spent(
  { tokens, cost }: Allowance,
  total: Usage,
  model: ModelOptions,
  inputTokens: number,
): BatonError {
  const usedTokens = total.inputTokens + total.outputTokens;
  const figures = [
    ...(tokens === undefined ? [] : [`${usedTokens} of ${tokens} tokens`]),
    ...(cost === undefined ? [] : [`${total.cost} of ${cost} in cost`]),
  ].join(' and ');
  return new BatonError(
    'budget_spent',
    `this attempt has used ${figures}; what is left does not cover the next call of ${modelName(model)}, about ${inputTokens} tokens of input and an answer: raise the cap, or the role's reserve where that is less`,
    {
      retryable: false,
      metadata: {
        tokensUsed: String(usedTokens),
        costUsed: String(total.cost),
        nextInputTokens: String(inputTokens),
        ...(tokens !== undefined && { tokensAllowed: String(tokens) }),
        ...(cost !== undefined && { costAllowed: String(cost) }),
      },
    },
  );
}
