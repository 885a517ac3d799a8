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
  /** Larger counts are implausible. */
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
  /** Total input, including cached and cache-writing tokens. */
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly writtenInputTokens: number;
  /** Total output, including reasoning. */
  readonly outputTokens: number;
  readonly reasoningTokens: number;
}

export interface ReadUsage {
  readonly tokens: CallTokens;
  /** Implausible figures, such as `input -5`, that were replaced. */
  readonly odd: readonly string[];
  /** Whether `inputTokens` is the provider's own count. */
  readonly inputCounted: boolean;
}

/**
 * Reads the figures of a provider and keeps those that are plausible: whole numbers within what the call
 * allows. The estimate replaces totals that are missing or implausible; 0 replaces such parts, so that tokens
 * count as cached only when the provider says so.
 */
export function readUsage(used: Counts | undefined, estimate: Estimate): ReadUsage {
  const odd: string[] = [];

  function total(name: string, value: unknown, estimated: number, most: number): number {
    // No request is empty: a provider that reports 0 does not count.
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
