import { createRedactor, type Redact } from '@baton/adapters/secrets';
import type { Config } from './load-config.ts';
import { secretVariables } from './model-variables.ts';

/** Masks the secrets that the configuration names, the keys and headers of its models and common key formats. */
export function createConfigRedactor(
  { secrets, models }: Pick<Config, 'secrets' | 'models'>,
  env: Readonly<Record<string, string | undefined>>,
): Redact {
  const values = secretVariablesOf({ secrets, models }).map((name) => env[name] ?? '');
  return createRedactor({ values: values.filter((value) => value !== '') });
}

/** The variables that a configuration has its secrets in. */
export function secretVariablesOf({
  secrets,
  models,
}: Pick<Config, 'secrets' | 'models'>): readonly string[] {
  return [...new Set([...secrets, ...Object.values(models).flatMap(secretVariables)])];
}
