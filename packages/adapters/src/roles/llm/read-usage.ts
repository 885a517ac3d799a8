import type { LanguageModelUsage } from 'ai';

/** What a provider counted, as the AI SDK names it. */
export type Counts = Pick<
  LanguageModelUsage,
  'inputTokens' | 'outputTokens' | 'inputTokenDetails' | 'outputTokenDetails'
>;

/** Tokens to count where the provider says nothing that can be right. */
export interface Estimate {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** More than this cannot be right. */
  readonly most: { readonly inputTokens: number; readonly outputTokens: number };
}

/** Tokens by which a count may be above what can be told from outside: instructions of the provider's own. */
const UNSEEN_INPUT_TOKENS = 100_000;
/** The same, for providers that leave reasoning out of the limit on an answer. */
const UNSEEN_OUTPUT_TOKENS = 200_000;
const CHARACTERS_PER_TOKEN = 3;

/** What a call is counted as from outside, by its request and what has come of its answer. */
export function estimateOf(call: {
  readonly bytes: number;
  readonly inputTokens: number;
  readonly maxOutputTokens: number;
  readonly characters: number;
}): Estimate {
  const { bytes, inputTokens, maxOutputTokens, characters } = call;
  return {
    inputTokens,
    outputTokens: Math.min(maxOutputTokens, Math.ceil(characters / CHARACTERS_PER_TOKEN)),
    most: {
      inputTokens: bytes + UNSEEN_INPUT_TOKENS,
      outputTokens: maxOutputTokens + UNSEEN_OUTPUT_TOKENS,
    },
  };
}

/** Tokens of one model call, all of them whole numbers from 0. */
export interface CallTokens {
  /** All that were read: the cached and the written ones included. */
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly writtenInputTokens: number;
  /** All that were generated, the reasoning included. */
  readonly outputTokens: number;
  readonly reasoningTokens: number;
}

export interface ReadUsage {
  readonly tokens: CallTokens;
  /** Figures that cannot be right, such as `input -5`, in whose place others are counted. */
  readonly odd: readonly string[];
  /** Whether `inputTokens` is what the provider counted. */
  readonly inputCounted: boolean;
}

/**
 * The figures of a provider, as far as they can be right: whole numbers that are no more than the call
 * allows. The estimate stands in for totals that are missing or cannot be right, and 0 for parts of
 * them: what is not known to be cached is paid in full.
 */
export function readUsage(used: Counts | undefined, estimate: Estimate): ReadUsage {
  const odd: string[] = [];

  function total(name: string, value: unknown, estimated: number, most: number): number {
    // No request is empty: a provider that counts nothing doesn't count.
    const reported = value ?? 0;
    if (isCount(reported, most) && reported > 0) return reported;
    if (reported === 0 && estimated === 0) return 0;
    odd.push(value === undefined || value === 0 ? `no ${name}` : `${name} ${String(value)}`);
    return estimated;
  }

  function part(name: string, value: unknown, whole: number): number {
    const reported = value ?? 0;
    if (isCount(reported, whole)) return reported;
    odd.push(`${name} ${String(reported)} of ${whole}`);
    return 0;
  }

  const { most } = estimate;
  const { inputTokenDetails: read, outputTokenDetails: generated } = used ?? {};
  const inputTokens = total('input', used?.inputTokens, estimate.inputTokens, most.inputTokens);
  const inputCounted = odd.length === 0;
  const outputTokens = total(
    'output',
    used?.outputTokens,
    estimate.outputTokens,
    most.outputTokens,
  );
  const cachedInputTokens = part('cached', read?.cacheReadTokens, inputTokens);
  return {
    tokens: {
      inputTokens,
      cachedInputTokens,
      writtenInputTokens: part(
        'written to the cache',
        read?.cacheWriteTokens,
        inputTokens - cachedInputTokens,
      ),
      outputTokens,
      reasoningTokens: part('reasoning', generated?.reasoningTokens, outputTokens),
    },
    odd,
    inputCounted,
  };
}

function isCount(value: unknown, most: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= most;
}
