import { BatonError, type JsonObject } from '@baton/core';
import type { LanguageModel } from 'ai';
import { z } from 'zod';

/** What a provider charges, in one currency for the whole table, per million tokens. */
export const priceSchema = z.strictObject({
  input: z.number().nonnegative(),
  /** Tokens read from the provider's cache. Default: as `input`. */
  cachedInput: z.number().nonnegative().optional(),
  /** Tokens written to the provider's cache. Default: as `input`; for Anthropic 1.25 times that. */
  cacheWriteInput: z.number().nonnegative().optional(),
  output: z.number().nonnegative(),
});

export type Price = z.infer<typeof priceSchema>;

const settings = {
  /** The provider's name for the model. */
  model: z.string().min(1).max(200),
  /** For separation of duties, such as `claude`. Default: told from the model's name. */
  family: z.string().min(1).max(100).optional(),
  temperature: z.number().min(0).max(2).optional(),
  /** Most tokens of one answer, reasoning included. Default 16,384. */
  maxOutputTokens: z.int().positive().optional(),
  /** Milliseconds until one model call is given up. Default 600,000. */
  timeoutMs: z.int().positive().optional(),
  /** Absent: what the calls cost is unknown, and counted as such. */
  price: priceSchema.optional(),
  /** Handed to the provider as the AI SDK's `providerOptions`, by the provider's name. */
  providerOptions: z.record(z.string(), z.record(z.string(), z.json())).optional(),
};

/** A model of one of the known providers, as plain JSON. */
export const modelConfigSchema = z.strictObject({
  /** `openai` speaks the responses API, `openai-chat` the older chat completions. */
  provider: z.enum(['openai', 'openai-chat', 'anthropic', 'google', 'openai-compatible']),
  /** Default: the provider's own; `openai-compatible` has none. */
  baseURL: z.url().optional(),
  /** Never read from the environment. `openai-compatible` can do without. */
  apiKey: z.string().min(1).optional(),
  /** Sent with every request. */
  headers: z.record(z.string(), z.string()).optional(),
  ...settings,
});

export type ModelConfig = z.infer<typeof modelConfigSchema>;

const ownModelSchema = z.strictObject({
  provider: z.string().min(1).max(50),
  languageModel: z.custom<object>((value) => typeof value === 'object' && value !== null),
  ...settings,
});

/** Any other model of the AI SDK. */
export interface OwnModel extends Omit<z.infer<typeof ownModelSchema>, 'languageModel'> {
  /** Names the provider in principals and messages. */
  provider: string;
  languageModel: Exclude<LanguageModel, string>;
}

export type ModelOptions = ModelConfig | OwnModel;

/** Checks models when a role is made, so that a mistake shows before the first build. */
export function checkModel(options: ModelOptions): ModelOptions {
  const schema = 'languageModel' in options ? ownModelSchema : modelConfigSchema;
  const parsed = schema.safeParse(options);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      ({ path, message }) => `${path.join('.')}: ${message}`,
    );
    throw wrong(options, problems.join('; '));
  }
  if ('languageModel' in options) return options;
  const { provider, apiKey, baseURL } = options;
  if (provider === 'openai-compatible' && baseURL === undefined) {
    throw wrong(options, 'baseURL is missing, expected the address of its API');
  }
  if (provider !== 'openai-compatible' && apiKey === undefined) {
    throw wrong(options, 'apiKey is missing');
  }
  return options;
}

function wrong({ provider, model }: ModelOptions, problem: string): BatonError {
  return new BatonError(
    'invalid_input',
    `the model ${provider}:${model} cannot be used: ${problem}`,
  );
}

/** What the provider's own options are by default; the given ones win, member by member. */
export function providerOptionsOf({ providerOptions = {} }: ModelOptions) {
  const defaults: Record<string, JsonObject> = {
    // What was sent is not kept there; reasoning comes back encrypted instead.
    openai: { store: false },
    // A conversation is read again with every call: from the cache, for a tenth of the price.
    anthropic: { cacheControl: { type: 'ephemeral' } },
  };
  const names = new Set([...Object.keys(defaults), ...Object.keys(providerOptions)]);
  return Object.fromEntries(
    [...names].map((name) => [name, { ...defaults[name], ...providerOptions[name] }]),
  ) as Record<string, JsonObject>;
}
