import type { ModelOptions } from '@baton/adapters/llm';
import { BatonError } from '@baton/core';
import type { Config } from './load-config.ts';
import { HEADER_VARIABLES, type ModelEntry } from './model-schema.ts';
import {
  awsCredentialsIn,
  isSet,
  isSigned,
  keyVariableOf,
  neededVariables,
  type Variables,
} from './model-variables.ts';
import { lineOf } from './models-in-use.ts';

/**
 * Returns the adapter's options for a model and its fallbacks, in order.
 *
 * @throws BatonError `invalid_input` naming a variable that has no key.
 */
export function fallbackChain(name: string, { models }: Config, env: Variables): ModelOptions[] {
  return lineOf(name, models).map((one) => toOptions(one.name, one.model, env));
}

function toOptions(name: string, entry: ModelEntry, env: Variables): ModelOptions {
  refuseMissing(name, entry, env);
  const { baseUrl, headers, timeoutSeconds, apiKeyEnv: _, fallback: __, ...rest } = entry;
  const key = keyVariableOf(entry, env);
  const given = {
    ...rest,
    apiKey: key === undefined ? undefined : env[key],
    baseURL: baseUrl,
    headers: headers && headersOf(name, headers, env),
    timeoutMs: timeoutSeconds === undefined ? undefined : Math.ceil(timeoutSeconds * 1000),
    credentials: isSigned(entry, env) ? awsCredentialsIn(env) : undefined,
  };
  // Undefined means absent there, too, but for its types.
  const present = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present) as unknown as ModelOptions;
}

function headersOf(
  model: string,
  headers: Readonly<Record<string, string>>,
  env: Variables,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, template]) => {
      const value = template
        .replaceAll(HEADER_VARIABLES, (_, variable: string) => env[variable] ?? '')
        .trim();
      // The value is not shown: it has secrets.
      if (/^[\t -~\u0080-\u00ff]*$/.test(value)) return [name, value];
      const problem =
        'found characters in its environment variables that no header can have; expected one line of Latin-1';
      throw wrong(`models.${model}.headers.${name}`, problem);
    }),
  );
}

function refuseMissing(name: string, entry: ModelEntry, env: Variables): void {
  const missing = neededVariables(entry, env).find((variable) => !isSet(variable, env));
  if (missing === undefined) return;
  const key = keyVariableOf(entry, env);
  const expected =
    missing === key ? `the key of ${entry.provider}` : `what ${entry.provider} needs`;
  const problem = `the environment variable ${missing} is not set; expected ${expected}`;
  throw wrong(`models.${name}`, problem);
}

function wrong(field: string, description: string): BatonError {
  return new BatonError('invalid_input', `${field}: ${description}`, {
    violations: [{ field, description }],
  });
}
