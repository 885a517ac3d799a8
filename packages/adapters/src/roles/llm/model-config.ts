import { BatonError, type JsonObject } from '@baton/core';
import { MAX_TIMER_MS } from '@baton/core/internal';
import type { LanguageModel } from 'ai';
import { z } from 'zod';

/** Prices of a provider per million tokens, all in the same currency. */
export const priceSchema = z.strictObject({
  input: z.number().nonnegative(),
  /** Price of tokens read from the provider's cache. Default: `input`. */
  cachedInput: z.number().nonnegative().optional(),
  /** Price of tokens written to the provider's cache. Default: `input`, for Anthropic 1.25 times that. */
  cacheWriteInput: z.number().nonnegative().optional(),
  output: z.number().nonnegative(),
});

/** Prices per million tokens, as {@link priceSchema} checks them. */
export type Price = z.infer<typeof priceSchema>;

/** How much a model thinks before it answers, in the terms of the AI SDK, which translates them. */
const REASONING_EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'] as const;

const settings = {
  /** The provider's name for the model. */
  model: z.string().min(1).max(200),
  /** Family for separation of duties, such as `claude`. Default: derived from the model's name. */
  family: z.string().min(1).max(100).optional(),
  temperature: z.number().min(0).max(2).optional(),
  /** Tokens of one answer at most, including reasoning. Default 16,384. */
  maxOutputTokens: z.int().positive().optional(),
  /**
   * Tokens of a request and its answer together, 1,000 to 100,000,000. Earlier tool results are left out
   * before a request exceeds them. Default: known from the model's name, else 128,000.
   */
  contextTokens: z.int().min(1000).max(100_000_000).optional(),
  /** Default: the provider's own. */
  reasoningEffort: z.enum(REASONING_EFFORTS).optional(),
  /** Milliseconds before a model call is given up, at most 2,147,483,647. Default 600,000. */
  timeoutMs: z.int().positive().max(MAX_TIMER_MS).optional(),
  /** Absent: the cost of calls is unknown and is counted as unknown. */
  price: priceSchema.optional(),
  /** Passed to the AI SDK as `providerOptions`, by the name of the provider. */
  providerOptions: z.record(z.string(), z.record(z.string(), z.json())).optional(),
};

/** Providers whose models need no code. */
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

/** A model of a known provider, as plain JSON. */
export const modelConfigSchema = z.strictObject({
  /** `openai` and `azure` use the responses API; the names with `-chat` use the older chat completions. */
  provider: z.enum(PROVIDERS),
  /** Default: the provider's address; required for `openai-compatible`. */
  baseURL: z.url().optional(),
  /** Never read from the environment. Optional for `openai-compatible`. */
  apiKey: z.string().min(1).optional(),
  /** Headers to send with every request. */
  headers: z
    .record(
      z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/),
      z.string().regex(/^[\t -~\u0080-\u00ff]*$/),
    )
    .optional(),
  /** For `azure`: the name of the resource. `model` is then the name of a deployment. */
  resourceName: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i)
    .optional(),
  /** For `azure`; default `v1`. With `azure-chat`, a date selects the API with deployments in its path. */
  apiVersion: z
    .string()
    .regex(/^(v1|preview|\d{4}-\d{2}-\d{2}(-preview)?)$/)
    .optional(),
  /** For `bedrock`, such as `eu-central-1`. */
  region: z
    .string()
    .regex(/^[a-z]{2,}(-[a-z]+)+-\d+$/)
    .optional(),
  /** For `bedrock`: credentials that sign requests, instead of `apiKey`. */
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

const ownModelSchema = z.strictObject({
  provider: z.string().min(1).max(50),
  languageModel: z.custom<object>((value) => typeof value === 'object' && value !== null),
  ...settings,
});

/** Any other model of the AI SDK. */
export interface OwnModel extends Omit<z.infer<typeof ownModelSchema>, 'languageModel'> {
  /** Name of the provider in principals and messages. */
  provider: string;
  languageModel: Exclude<LanguageModel, string>;
}

/** A model to call: configured by name, or made by the caller. */
export type ModelOptions = ModelConfig | OwnModel;

/** Baton's defaults for the provider's options. Given members replace them. */
export function providerOptionsOf({ providerOptions = {} }: ModelOptions) {
  const defaults: Record<string, JsonObject> = {
    // OpenAI does not store the conversation; reasoning comes back encrypted instead.
    openai: { store: false },
    azure: { store: false },
    // Every call sends the conversation again; reading it from the cache costs a tenth.
    anthropic: { cacheControl: { type: 'ephemeral' } },
  };
  const names = new Set([...Object.keys(defaults), ...Object.keys(providerOptions)]);
  return Object.fromEntries(
    [...names].map((name) => [name, { ...defaults[name], ...providerOptions[name] }]),
  ) as Record<string, JsonObject>;
}

/** Checks a model when its role is created, so that a mistake shows before the first build. */
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
  const problem = problemOf(options);
  if (problem !== undefined) throw wrong(options, problem);
  return options;
}

/** Settings that only some providers have. */
const BELONGINGS = {
  resourceName: ['azure', 'azure-chat'],
  apiVersion: ['azure', 'azure-chat'],
  region: ['bedrock'],
  credentials: ['bedrock'],
} as const satisfies Partial<Record<keyof ModelConfig, readonly ModelConfig['provider'][]>>;

function problemOf(config: ModelConfig): string | undefined {
  const { provider, apiKey, baseURL, resourceName, apiVersion, region, credentials } = config;
  for (const [name, providers] of Object.entries(BELONGINGS)) {
    if (config[name as keyof typeof BELONGINGS] === undefined) continue;
    if (providers.some((one) => one === provider)) continue;
    return `${name} is for ${providers.join(' and ')} only`;
  }
  switch (provider) {
    case 'openai-compatible':
      return baseURL === undefined
        ? 'baseURL is missing, expected the address of its API'
        : undefined;
    case 'bedrock':
      if (region === undefined) return 'region is missing, expected one such as eu-central-1';
      if ((apiKey === undefined) === (credentials === undefined)) {
        return 'expected either apiKey or credentials';
      }
      return undefined;
    case 'azure':
    case 'azure-chat':
      if ((baseURL === undefined) === (resourceName === undefined)) {
        return 'expected either resourceName or baseURL';
      }
      if (provider === 'azure' && apiVersion !== undefined && /^\d/.test(apiVersion)) {
        return `apiVersion is ${apiVersion}, expected v1 or preview; dates go with azure-chat`;
      }
      break;
  }
  return apiKey === undefined ? 'apiKey is missing' : undefined;
}

function wrong({ provider, model }: ModelOptions, problem: string): BatonError {
  return new BatonError(
    'invalid_input',
    `the model ${provider}:${model} cannot be used: ${problem}`,
  );
}
