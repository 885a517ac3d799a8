import { BatonError } from '@baton/core';
import type { Config } from './load-config.ts';
import { unpriced } from './models-in-use.ts';

/**
 * Refuses a cap on cost where some cost would be unknown: such a build would stop at its first
 * answer.
 *
 * @throws BatonError `invalid_input` naming the models.
 */
export function refuseUnpriced({ budgets, models, roles, path }: Config): void {
  const names = unpriced(models, roles, budgets);
  if (names.length === 0) return;
  const description = 'found nothing; expected one, for a budget caps the cost';
  const violations = names.map((name) => ({ field: `models.${name}.price`, description }));
  const lines = violations.map(({ field }) => `  ${field}: ${description}`);
  throw new BatonError('invalid_input', `${path} is not valid:\n${lines.join('\n')}`, {
    violations,
  });
}
