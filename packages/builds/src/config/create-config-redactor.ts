import { createRedactor, type Redact, type WeakSecret, weaknessOf } from '@baton/adapters/secrets';
import type { Config } from './load-config.ts';
import { secretVariables } from './model-variables.ts';

/** Masks the secrets that the configuration names, the keys and headers of its models and common key formats. */
export function createConfigRedactor(
  { secrets, models }: Pick<Config, 'secrets' | 'models'>,
  env: Readonly<Record<string, string | undefined>>,
): Redact {
  const values = variablesOf({ secrets, models }).map((name) => env[name] ?? '');
  return createRedactor({ values: values.filter((value) => value !== '') });
}

/** A variable whose value cannot be masked well, and why. */
export interface PoorlyMasked {
  readonly variable: string;
  /** In words; the value is not in them. */
  readonly problem: string;
}

const PROBLEMS: Readonly<Record<WeakSecret, string>> = {
  short: 'has fewer than 6 characters, so it is not masked: what roles say and keep may show it',
  common: 'is a common word: it is masked wherever it stands, and easy to guess all the same',
};

/** The secrets of a configuration that masking does little for. */
export function poorlyMasked(
  config: Pick<Config, 'secrets' | 'models'>,
  env: Readonly<Record<string, string | undefined>>,
): readonly PoorlyMasked[] {
  return variablesOf(config).flatMap((variable) => {
    const value = env[variable] ?? '';
    const weakness = value === '' ? undefined : weaknessOf(value);
    return weakness === undefined ? [] : [{ variable, problem: PROBLEMS[weakness] }];
  });
}

/** The variables that a configuration has its secrets in. */
function variablesOf({ secrets, models }: Pick<Config, 'secrets' | 'models'>): readonly string[] {
  return [...new Set([...secrets, ...Object.values(models).flatMap(secretVariables)])];
}
