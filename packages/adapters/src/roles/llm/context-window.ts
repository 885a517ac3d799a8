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
