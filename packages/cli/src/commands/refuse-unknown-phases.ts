import type { Operations } from '@baton/builds';
import { BatonError, type Budgets } from '@baton/core';

/**
 * Refuses caps of phases that a workflow does not have: they would never be reached.
 *
 * @throws BatonError `invalid_input` with the phases that there are.
 */
export async function refuseUnknownPhases(
  operations: Operations,
  workflowId: string,
  { phases = {} }: Budgets,
): Promise<void> {
  const named = Object.keys(phases);
  if (named.length === 0) return;
  const { definition } = await operations.status({ workflowId });
  const { name, version } = definition;
  const { states } = await operations.describeDefinition({ name, version });
  const legal = states.filter(({ kind }) => kind === 'phase').map((state) => state.name);
  const unknown = named.find((phase) => !legal.includes(phase));
  if (unknown === undefined) return;
  const description = `there is no phase '${unknown}'; phases: ${legal.join(', ')}`;
  const violations = [{ field: `--budget ${unknown}`, description }];
  throw new BatonError('invalid_input', `--budget: ${description}`, { violations, legal });
}
