import { BatonError, buildDefinition, type WorkflowDefinition } from '@baton/core';
import type { Config } from './load-config.ts';

/**
 * The definition that builds of a configuration run by, where their state is kept here.
 *
 * @throws BatonError `invalid_input` for rules that cannot work.
 */
export function definitionOf({
  approvals,
  separations,
  coverageThreshold,
  baseline,
  path,
}: Config): WorkflowDefinition {
  try {
    const toleratesKnownFailures = baseline.failing === 'tolerate';
    return buildDefinition({
      approvals,
      separations,
      coverageThreshold,
      toleratesKnownFailures,
    });
  } catch (reason) {
    const { code, message, violations } = BatonError.from(reason);
    throw new BatonError(code, `${path} is not valid: ${message}`, { violations });
  }
}
