import { BatonError, buildDefinition, type WorkflowDefinition } from '@baton/core';
import { coverageRuleOf } from './coverage-of.ts';
import type { Config } from './load-config.ts';

/**
 * The definition that builds of a configuration run by, where their state is kept here.
 *
 * @throws BatonError `invalid_input` for rules that cannot work.
 */
export function definitionOf(config: Config): WorkflowDefinition {
  const { approvals, separations, path } = config;
  const { minimum: coverageThreshold, of: coverageOf } = coverageRuleOf(config);
  try {
    return buildDefinition({ approvals, separations, coverageThreshold, coverageOf });
  } catch (reason) {
    const { code, message, violations } = BatonError.from(reason);
    throw new BatonError(code, `${path} is not valid: ${message}`, { violations });
  }
}
