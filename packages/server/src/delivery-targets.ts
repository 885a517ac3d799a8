import { createRedactor } from '@baton/adapters/secrets';
import { ConfigError, type Environment } from './config.ts';
import type { DeliveryTarget } from './delivery/target.ts';
import type { Policies } from './policies/policies.ts';
import { SECRET_FORM, secretKey } from './webhooks/webhook-secret.ts';
import { createWebhookTarget } from './webhooks/webhook-target.ts';

/**
 * Who is told of events, as the policies name them, with the secrets that the environment holds.
 *
 * @throws ConfigError that names each variable that is missing or holds something else.
 */
export function deliveryTargets(
  { webhooks }: Pick<Policies, 'webhooks'>,
  environment: Environment,
): readonly DeliveryTarget[] {
  const secrets = createSecretReader(environment);
  const read = webhooks.map(({ secretEnv, ...endpoint }, index) => ({
    ...endpoint,
    keys: secrets.keys(`webhooks[${index}].secretEnv`, secretEnv),
  }));
  secrets.refuseMissing();
  const redact = createRedactor({ values: secrets.values() });
  return read.map((endpoint) => createWebhookTarget(endpoint, { redact }));
}

/** Reads what variables hold, and gathers what is wrong with them. */
function createSecretReader(environment: Environment) {
  const problems: string[] = [];
  const values: string[] = [];
  return {
    keys(field: string, names: string | readonly string[]): readonly Buffer[] {
      return [names].flat().flatMap((name) => {
        const value = environment[name];
        const key = secretKey(value ?? '');
        if (value !== undefined && key !== undefined) {
          values.push(value);
          return [key];
        }
        const found = value ? 'something else' : 'nothing';
        problems.push(
          `WORKFLOW_POLICIES: ${field}: ${name}: found ${found}, expected ${SECRET_FORM}`,
        );
        return [];
      });
    },
    values: () => values,
    refuseMissing(): void {
      if (problems.length > 0) throw new ConfigError(problems);
    },
  };
}
