import type { ModelOptions } from './model-config.ts';

/** Context windows by the model's name; the first match counts. Newer models of a name have larger ones. */
const BY_NAME: readonly (readonly [pattern: RegExp, tokens: number])[] = [
  [/gpt-4\.1/, 1_000_000],
  [/gpt-3\.5/, 16_000],
  [/gpt-4(?!o|-turbo)(-|$)/, 8_000],
  [/gpt-5/, 272_000],
  [/(^|[/.:-])o[134](-|$)/, 200_000],
  [/claude/, 200_000],
  [/gemini/, 1_000_000],
];
/** The usual minimum, for models without a known name. */
const DEFAULT_TOKENS = 128_000;
const DEFAULT_OUTPUT_TOKENS = 16_384;

/** Tokens of a request and its answer together. */
function contextTokensOf({ contextTokens, model }: ModelOptions): number {
  if (contextTokens !== undefined) return contextTokens;
  const name = model.toLowerCase();
  return BY_NAME.find(([pattern]) => pattern.test(name))?.[1] ?? DEFAULT_TOKENS;
}

/** Tokens that an answer may have, at most half of the context window. */
export function outputTokensOf(model: ModelOptions): number {
  const half = Math.floor(contextTokensOf(model) / 2);
  return Math.min(model.maxOutputTokens ?? DEFAULT_OUTPUT_TOKENS, half);
}

/** Tokens that a request may have, beside its answer. */
export function inputTokensOf(model: ModelOptions): number {
  return contextTokensOf(model) - outputTokensOf(model);
}

/**
 * Characters that the tool results of one answer may have together, so that there is room to go on working.
 */
export function roundCharactersOf(models: readonly ModelOptions[]): number {
  const CHARACTERS_PER_TOKEN = 3;
  const PART = 0.3;
  const least = Math.min(...models.map(inputTokensOf));
  return Math.floor(least * CHARACTERS_PER_TOKEN * PART);
}

/** Estimates the tokens of a request before it is sent. */
export interface TokenEstimate {
  /** @param bytes of the request as UTF-8 text. */
  tokens(bytes: number): number;
  /** The bytes of a request with this number of tokens. */
  bytes(tokens: number): number;
  /** Adjusts the estimate to the provider's count. */
  learn(bytes: number, counted: number): void;
}

/** Bytes of code and prose per token. The value is low, so that estimates are high. */
const BYTES_PER_TOKEN = 3;
/** Bounds of bytes per token. Counts beyond them are wrong, or include instructions of the provider. */
const LEAST_BYTES = 1;
const MOST_BYTES = 12;
/** Safety factor for what was added since the last count of the same conversation. */
const MARGIN = 1.1;

export function createTokenEstimate(): TokenEstimate {
  let perByte = 1 / BYTES_PER_TOKEN;
  return {
    tokens: (bytes) => Math.ceil(bytes * perByte),
    bytes: (tokens) => Math.floor(tokens / perByte),
    learn(bytes, counted) {
      if (bytes <= 0 || counted <= 0) return;
      const learnt = (counted / bytes) * MARGIN;
      perByte = Math.min(1 / LEAST_BYTES, Math.max(1 / MOST_BYTES, learnt));
    },
  };
}
