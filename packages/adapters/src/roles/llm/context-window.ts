import type { ModelOptions } from './model-config.ts';

/** Contexts by the model's name, the first that fits counts; newer models of a name have larger ones. */
const BY_NAME: readonly (readonly [pattern: RegExp, tokens: number])[] = [
  [/gpt-4\.1/, 1_000_000],
  [/gpt-3\.5/, 16_000],
  [/gpt-4(?!o|-turbo)(-|$)/, 8_000],
  [/gpt-5/, 272_000],
  [/(^|[/.:-])o[134](-|$)/, 200_000],
  [/claude/, 200_000],
  [/gemini/, 1_000_000],
];
/** What models without a known name take at least, as a rule. */
const DEFAULT_TOKENS = 128_000;
const DEFAULT_OUTPUT_TOKENS = 16_384;

/** Tokens that a request and its answer may have together. */
function contextTokensOf({ contextTokens, model }: ModelOptions): number {
  if (contextTokens !== undefined) return contextTokens;
  const name = model.toLowerCase();
  return BY_NAME.find(([pattern]) => pattern.test(name))?.[1] ?? DEFAULT_TOKENS;
}

/** Tokens that an answer may have: never more than half of the context. */
export function outputTokensOf(model: ModelOptions): number {
  const half = Math.floor(contextTokensOf(model) / 2);
  return Math.min(model.maxOutputTokens ?? DEFAULT_OUTPUT_TOKENS, half);
}

/** Tokens that a request may have beside its answer. */
export function inputTokensOf(model: ModelOptions): number {
  return contextTokensOf(model) - outputTokensOf(model);
}

/** Characters that one answer's tool results may have: what is read at once must leave room for work. */
export function roundCharactersOf(models: readonly ModelOptions[]): number {
  const CHARACTERS_PER_TOKEN = 3;
  const PART = 0.3;
  const least = Math.min(...models.map(inputTokensOf));
  return Math.floor(least * CHARACTERS_PER_TOKEN * PART);
}
