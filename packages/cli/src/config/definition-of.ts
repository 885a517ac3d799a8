import { BatonError, buildDefinition, type WorkflowDefinition } from '@baton/core';
import type { Config } from './load-config.ts';

/**
 * The definition that builds of a configuration run by.
 *
 * @param server where their state is, if not in this process: then that server's definition counts.
 * @throws BatonError `invalid_input` for rules that cannot work, or that a server would ignore.
 */
export function definitionOf(
  { approvals, separations, coverageThreshold, path }: Config,
  server: string | undefined,
): WorkflowDefinition {
  if (server !== undefined) {
    for (const [field, rules] of Object.entries({ approvals, separations })) {
      if (rules.length === 0) continue;
      const description = `is not known to ${server}, whose own definition counts; leave it out, or keep the state here`;
      throw new BatonError('invalid_input', `${path}: ${field} ${description}`, {
        violations: [{ field, description }],
      });
    }
  }
  try {
    return buildDefinition({ approvals, separations, coverageThreshold });
  } catch (reason) {
    const { code, message, violations } = BatonError.from(reason);
    throw new BatonError(code, `${path} is not valid: ${message}`, { violations });
  }
}
