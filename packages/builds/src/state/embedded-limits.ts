import { invalidEnvironment } from './invalid-environment.ts';

/** Limits for builds whose configuration and command line say nothing. */
export interface DefaultLimits {
  readonly timeoutMs?: number;
  readonly maxRetries?: number;
}

/**
 * The limits that the environment names, by the rules of the server, so that the same variables mean
 * the same everywhere.
 *
 * @throws BatonError `invalid_input` naming the variable.
 */
export async function limitsFrom(
  env: Readonly<Record<string, string | undefined>>,
): Promise<DefaultLimits> {
  const { WORKFLOW_TIMEOUT = '', WORKFLOW_MAX_RETRIES = '' } = env;
  if (WORKFLOW_TIMEOUT === '' && WORKFLOW_MAX_RETRIES === '') return {};
  // Loaded when needed: the server brings gRPC along.
  const { ConfigError, readConfig } = await import('@baton/server');
  try {
    const { timeoutSeconds, maxRetries } = readConfig({ WORKFLOW_TIMEOUT, WORKFLOW_MAX_RETRIES });
    return {
      ...(WORKFLOW_TIMEOUT !== '' && { timeoutMs: timeoutSeconds * 1000 }),
      ...(WORKFLOW_MAX_RETRIES !== '' && { maxRetries }),
    };
  } catch (reason) {
    throw reason instanceof ConfigError ? invalidEnvironment(reason) : reason;
  }
}
