import { type Allowance, BatonError, type Usage } from '@baton/core';
import { addUsage, NO_USAGE } from '@baton/core/internal';
import type { ModelOptions } from '../roles/llm/model-config.ts';
import { dearestInput } from '../roles/llm/price-usage.ts';
import { modelName } from '../roles/llm/principal.ts';
import type { CallEnd, UsageJournal } from './usage-journal.ts';

/*
 * Invariants
 * 1. Settled and reserved together are within the allowance, as far as no call reads more than its
 *    input was estimated at.
 * 2. A reservation is settled once, and reported by that.
 * 3. A call is refused as too dear only when no reservation is open that could leave something over.
 * 4. With a journal, a reservation is there before it is given, and its end before it is reported.
 */

/** What was used, and what calls under way may use at most. */
export interface LedgerState {
  readonly settled: Usage;
  readonly reserved: { readonly tokens: number; readonly cost: number };
}

export interface Reservation {
  /** Most tokens that the answer may have. */
  readonly outputTokens: number;
  /** The first call counts; those after it do nothing. */
  settle(end: CallEnd): void;
}

/** Keeps the model calls of an attempt within its allowance, and counts them. */
export interface Ledger {
  state(): LedgerState;
  /**
   * Waits while calls under way hold what is missing.
   *
   * @throws BatonError `budget_spent` when what is left does not cover the call, `invalid_input` when
   * costs are capped and the model has no price, `unavailable` when the journal cannot be written; the
   * signal's reason when it aborts.
   */
  reserve(
    model: ModelOptions,
    inputTokens: number,
    wanted: number,
    signal: AbortSignal,
  ): Promise<Reservation>;
}

/** An answer that must be shorter than this is not worth its input. */
const LEAST_OUTPUT_TOKENS = 256;
const MILLION = 1_000_000;

export interface LedgerOptions {
  /** Absent: no cap. */
  readonly allowance: Allowance | undefined;
  /** Counts what a call used, once a call, right when it is known. */
  readonly report: (used: Usage) => void;
  /** Absent: a kill loses the counts of the attempt. */
  readonly journal: UsageJournal | undefined;
}

export function createLedger({ allowance = {}, report, journal }: LedgerOptions): Ledger {
  let settled = NO_USAGE;
  const open = new Set<{ readonly tokens: number; readonly cost: number }>();
  let changed = Promise.withResolvers<void>();

  function reserved() {
    let [tokens, cost] = [0, 0];
    for (const one of open) {
      tokens += one.tokens;
      cost += one.cost;
    }
    return { tokens, cost };
  }

  function affordable(model: ModelOptions, inputTokens: number): number {
    const held = reserved();
    const { tokens = Number.POSITIVE_INFINITY, cost } = allowance;
    const byTokens =
      tokens - settled.inputTokens - settled.outputTokens - held.tokens - inputTokens;
    if (cost === undefined) return byTokens;
    const { price, provider } = model;
    if (price === undefined) {
      throw new BatonError(
        'invalid_input',
        `costs are capped at ${cost}, but the price of ${modelName(model)} is not known: add it to the price table`,
      );
    }
    const left =
      cost - settled.cost - held.cost - (inputTokens * dearestInput(price, provider)) / MILLION;
    if (price.output === 0) return left < 0 ? 0 : byTokens;
    return Math.min(byTokens, Math.floor((left * MILLION) / price.output));
  }

  async function book(
    model: ModelOptions,
    inputTokens: number,
    outputTokens: number,
  ): Promise<Reservation> {
    const most = mostOf(model, inputTokens, outputTokens);
    const one = { tokens: inputTokens + outputTokens, cost: most.cost };
    open.add(one);

    function close(): void {
      open.delete(one);
      changed.resolve();
      changed = Promise.withResolvers();
    }

    let call = 0;
    try {
      call = (await journal?.reserve(modelName(model), most)) ?? 0;
    } catch (reason) {
      close();
      throw reason;
    }
    return {
      outputTokens,
      settle(end) {
        if (!open.has(one)) return;
        settled = addUsage(settled, end.usage);
        close();
        journal?.settle(call, end);
        report(end.usage);
      },
    };
  }

  return {
    state: () => ({ settled, reserved: reserved() }),
    async reserve(model, inputTokens, wanted, signal) {
      for (;;) {
        signal.throwIfAborted();
        const outputTokens = Math.min(wanted, affordable(model, inputTokens));
        if (outputTokens >= Math.min(wanted, LEAST_OUTPUT_TOKENS)) {
          return book(model, inputTokens, outputTokens);
        }
        if (open.size === 0) throw spent(allowance, settled, model, inputTokens);
        await settledOrAborted(changed.promise, signal);
      }
    },
  };
}

/** What a call may use at most, by the estimate of its input. */
function mostOf(model: ModelOptions, inputTokens: number, outputTokens: number): Usage {
  const { price, provider } = model;
  const most = { ...NO_USAGE, requests: 1, inputTokens, outputTokens };
  if (price === undefined) return { ...most, unpricedRequests: 1 };
  const cost = inputTokens * dearestInput(price, provider) + outputTokens * price.output;
  return { ...most, cost: cost / MILLION };
}

async function settledOrAborted(settlement: Promise<void>, signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<void>();
  const onAbort = () => aborted.resolve();
  signal.addEventListener('abort', onAbort);
  await Promise.race([settlement, aborted.promise]);
  signal.removeEventListener('abort', onAbort);
}

function spent({ tokens, cost }: Allowance, used: Usage, model: ModelOptions, inputTokens: number) {
  const usedTokens = used.inputTokens + used.outputTokens;
  const figures = [
    ...(tokens === undefined ? [] : [`${usedTokens} of ${tokens} tokens`]),
    ...(cost === undefined ? [] : [`${used.cost} of ${cost} in cost`]),
  ].join(' and ');
  return new BatonError(
    'budget_spent',
    `the budget of this attempt is spent: it has used ${figures}; what is left does not cover the next call of ${modelName(model)}, about ${inputTokens} tokens of input and an answer: raise the cap, or the role's reserve where that is less`,
    {
      retryable: false,
      metadata: {
        tokensUsed: String(usedTokens),
        costUsed: String(used.cost),
        nextInputTokens: String(inputTokens),
        ...(tokens !== undefined && { tokensAllowed: String(tokens) }),
        ...(cost !== undefined && { costAllowed: String(cost) }),
      },
    },
  );
}
