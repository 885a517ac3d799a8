import { createRedactor, type Redact } from '@baton/adapters/secrets';
import type { Config } from './load-config.ts';
import { secretVariables } from './model-variables.ts';

/** Masks the secrets that the configuration names, the keys and headers of its models and common key formats. */
export function createConfigRedactor(
  { secrets, models }: Pick<Config, 'secrets' | 'models'>,
  env: Readonly<Record<string, string | undefined>>,
): Redact {
  const names = new Set([...secrets, ...Object.values(models).flatMap(secretVariables)]);
  const values = [...names].map((name) => env[name] ?? '');
  return createRedactor({ values: values.filter((value) => value !== '') });
}
