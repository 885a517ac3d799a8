import type { ModelOptions } from '@baton/adapters/llm';
import { BatonError } from '@baton/core';
import type { Config } from './load-config.ts';
import { KEY_VARIABLES, type ModelEntry } from './model-schema.ts';
import { lineOf } from './models-in-use.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** The environment variable with the key of a model; undefined where none is needed. */
export function keyVariableOf({ provider, apiKeyEnv }: ModelEntry): string | undefined {
  return apiKeyEnv ?? KEY_VARIABLES[provider];
}

/**
 * A model and those that it falls back on, as the adapter takes them.
 *
 * @throws BatonError `invalid_input` naming a variable that has no key.
 */
export function modelLine(name: string, { models }: Config, env: Variables): ModelOptions[] {
  return lineOf(name, models).map((one) => toOptions(one.name, one.model, env));
}

function toOptions(name: string, entry: ModelEntry, env: Variables): ModelOptions {
  const { provider, model, baseUrl, family, temperature, maxOutputTokens, price } = entry;
  const apiKey = keyOf(name, entry, env);
  return {
    provider,
    model,
    ...(apiKey !== undefined && { apiKey }),
    ...(baseUrl !== undefined && { baseURL: baseUrl }),
    ...(family !== undefined && { family }),
    ...(temperature !== undefined && { temperature }),
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
    ...(entry.timeoutSeconds !== undefined && {
      timeoutMs: Math.ceil(entry.timeoutSeconds * 1000),
    }),
    ...(price !== undefined && { price }),
  };
}

function keyOf(name: string, entry: ModelEntry, env: Variables): string | undefined {
  const variable = keyVariableOf(entry);
  if (variable === undefined) return undefined;
  const key = env[variable];
  if (key !== undefined && key !== '') return key;
  const field = `models.${name}`;
  const description = `the environment variable ${variable} is not set; expected the key of ${entry.provider}`;
  throw new BatonError('invalid_input', `${field}: ${description}`, {
    violations: [{ field, description }],
  });
}
