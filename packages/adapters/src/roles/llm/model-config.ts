import type { JsonObject } from '@baton/core';
import { MAX_TIMER_MS } from '@baton/core/internal';
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

/** Prices per million tokens, as {@link priceSchema} checks them. */
export type Price = z.infer<typeof priceSchema>;

/** How much a model thinks before it answers, in the AI SDK's words; each provider gets its own. */
const REASONING_EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'] as const;

const settings = {
  /** The provider's name for the model. */
  model: z.string().min(1).max(200),
  /** For separation of duties, such as `claude`. Default: told from the model's name. */
  family: z.string().min(1).max(100).optional(),
  temperature: z.number().min(0).max(2).optional(),
  /** Most tokens of one answer, reasoning included. Default 16,384. */
  maxOutputTokens: z.int().positive().optional(),
  /**
   * Tokens that a request and its answer may have together; earlier tool results are left out before
   * there are more. Default: by the model's name, else 128,000.
   */
  contextTokens: z.int().min(1000).max(100_000_000).optional(),
  /** Default: the provider's own. */
  reasoningEffort: z.enum(REASONING_EFFORTS).optional(),
  /** Milliseconds until one model call is given up, at most 2,147,483,647. Default 600,000. */
  timeoutMs: z.int().positive().max(MAX_TIMER_MS).optional(),
  /** Absent: what the calls cost is unknown, and counted as such. */
  price: priceSchema.optional(),
  /** Handed to the provider as the AI SDK's `providerOptions`, by the provider's name. */
  providerOptions: z.record(z.string(), z.record(z.string(), z.json())).optional(),
};

/** The providers whose models can be asked without code. */
const PROVIDERS = [
  'anthropic',
  'azure',
  'azure-chat',
  'bedrock',
  'google',
  'openai',
  'openai-chat',
  'openai-compatible',
] as const;

/** A model of one of the known providers, as plain JSON. */
export const modelConfigSchema = z.strictObject({
  /** `openai` and `azure` speak the responses API, `-chat` the older chat completions. */
  provider: z.enum(PROVIDERS),
  /** Default: the provider's own; `openai-compatible` has none. */
  baseURL: z.url().optional(),
  /** Never read from the environment. `openai-compatible` can do without. */
  apiKey: z.string().min(1).optional(),
  /** Sent with every request. */
  headers: z
    .record(
      z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/),
      z.string().regex(/^[\t -~\u0080-\u00ff]*$/),
    )
    .optional(),
  /** The resource of `azure`, whose `model` is a deployment's name. */
  resourceName: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i)
    .optional(),
  /** Of `azure`; default `v1`. A date, with `azure-chat`, means the API with deployments in its path. */
  apiVersion: z
    .string()
    .regex(/^(v1|preview|\d{4}-\d{2}-\d{2}(-preview)?)$/)
    .optional(),
  /** Of `bedrock`, such as `eu-central-1`. */
  region: z
    .string()
    .regex(/^[a-z]{2,}(-[a-z]+)+-\d+$/)
    .optional(),
  /** What requests to `bedrock` are signed with, in place of `apiKey`. */
  credentials: z
    .strictObject({
      accessKeyId: z.string().min(1),
      secretAccessKey: z.string().min(1),
      sessionToken: z.string().min(1).exactOptional(),
    })
    .optional(),
  ...settings,
});

/** A model of a provider that Baton knows, as {@link modelConfigSchema} checks it. */
export type ModelConfig = z.infer<typeof modelConfigSchema>;

export const ownModelSchema = z.strictObject({
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

/** A model to call: configured by name, or made by the caller. */
export type ModelOptions = ModelConfig | OwnModel;

/** What the provider's own options are by default; the given ones win, member by member. */
export function providerOptionsOf({ providerOptions = {} }: ModelOptions) {
  const defaults: Record<string, JsonObject> = {
    // What was sent is not kept there; reasoning comes back encrypted instead.
    openai: { store: false },
    azure: { store: false },
    // A conversation is read again with every call: from the cache, for a tenth of the price.
    anthropic: { cacheControl: { type: 'ephemeral' } },
  };
  const names = new Set([...Object.keys(defaults), ...Object.keys(providerOptions)]);
  return Object.fromEntries(
    [...names].map((name) => [name, { ...defaults[name], ...providerOptions[name] }]),
  ) as Record<string, JsonObject>;
}
