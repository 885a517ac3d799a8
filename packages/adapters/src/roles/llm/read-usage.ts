import type { LanguageModelUsage } from 'ai';

/** Tokens to count where the provider reports nothing plausible. */
export interface Estimate {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Larger counts are implausible. */
  readonly most: { readonly inputTokens: number; readonly outputTokens: number };
}

/** Tokens of one model call, all whole numbers from 0. */
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
export function readUsage(used: LanguageModelUsage | undefined, estimate: Estimate): ReadUsage {
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
