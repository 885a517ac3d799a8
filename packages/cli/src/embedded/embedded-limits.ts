import { BatonError } from '@baton/core';

/** Limits for builds whose configuration and command line say nothing. */
export interface DefaultLimits {
  readonly timeoutSeconds?: number;
  readonly maxRetries?: number;
}

/** @throws BatonError `invalid_input` naming the variable. */
export function limitsFrom(env: Readonly<Record<string, string | undefined>>): DefaultLimits {
  const timeoutSeconds = numberOf(env, 'WORKFLOW_TIMEOUT', (value) => value > 0, 'more than 0');
  const maxRetries = numberOf(
    env,
    'WORKFLOW_MAX_RETRIES',
    (value) => Number.isInteger(value) && value >= 0 && value <= 1000,
    'a whole number from 0 to 1000',
  );
  return {
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
    ...(maxRetries !== undefined && { maxRetries }),
  };
}

function numberOf(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
  allowed: (value: number) => boolean,
  expected: string,
): number | undefined {
  const text = env[name]?.trim();
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (Number.isFinite(value) && allowed(value)) return value;
  const description = `found '${text}'; expected ${expected}`;
  throw new BatonError('invalid_input', `${name}: ${description}`, {
    violations: [{ field: name, description }],
  });
}
