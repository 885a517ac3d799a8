import { createRedactor, type Redact } from '@baton/adapters/secrets';
import type { Config } from './load-config.ts';
import { keyVariableOf } from './model-options.ts';

/** Masks the secrets that the configuration names, the keys of its models and common key formats. */
export function createConfigRedactor(
  { secrets, models }: Pick<Config, 'secrets' | 'models'>,
  env: Readonly<Record<string, string | undefined>>,
): Redact {
  const names = new Set([...secrets, ...Object.values(models).map(keyVariableOf)]);
  const values = [...names].flatMap((name) => (name === undefined ? [] : [env[name] ?? '']));
  return createRedactor({ values: values.filter((value) => value !== '') });
}
