import { createRedactor, type Redact } from '@baton/adapters/secrets';
import type { Config } from './load-config.ts';
import { AWS_VARIABLES, secretVariables, type Variables } from './model-variables.ts';

/** The parts of a configuration that name secrets. */
export type SecretConfig = Pick<Config, 'secrets' | 'models'> & Partial<Pick<Config, 'artifacts'>>;

/**
 * Masks the secrets that the configuration names, the keys and headers of its models, the key of a bucket for artifacts
 * and common key formats.
 */
export function createConfigRedactor(config: SecretConfig, env: Variables): Redact {
  const values = secretVariablesOf(config, env).map((name) => env[name] ?? '');
  return createRedactor({ values: values.filter((value) => value !== '') });
}

/** The variables that a configuration has its secrets in. */
export function secretVariablesOf(
  { secrets, models, artifacts }: SecretConfig,
  env: Variables,
): readonly string[] {
  const store = env['ARTIFACTS_URL'] || artifacts?.store;
  const bucket = store?.startsWith('s3:') ? Object.values(AWS_VARIABLES) : [];
  return [...new Set([...secrets, ...Object.values(models).flatMap(secretVariables), ...bucket])];
}
