import type { WorkflowDefinition } from '../model/definition.ts';
import { BatonError } from '../model/errors.ts';
import type { Budgets } from '../model/usage.ts';

/**
 * Refuses default caps of phases that no definition has: they would never be reached.
 *
 * @throws BatonError `invalid_input` with the phases that there are.
 */
export function checkDefaultBudgets(
  definitions: readonly WorkflowDefinition[],
  { phases = {} }: Budgets = {},
): void {
  const all = definitions.flatMap(({ states }) =>
    Object.keys(states).filter((name) => states[name]?.kind === 'phase'),
  );
  const legal = [...new Set(all)];
  const unknown = Object.keys(phases).filter((name) => !legal.includes(name));
  if (unknown.length === 0) return;
  const violations = unknown.map((name) => ({
    field: `budgets.phases.${name}`,
    description: `there is no phase '${name}' to cap; phases: ${legal.join(', ')}`,
  }));
  const message = violations.map(({ description }) => description).join('; ');
  throw new BatonError('invalid_input', message, { violations, legal });
}
