import {
  BatonError,
  BUILD_AND_HAND_OVER,
  buildDefinition,
  type DefinitionRequest,
  handOverDefinition,
  type WorkflowDefinition,
} from '@baton/core';
import { coverageRuleOf } from './coverage-of.ts';
import type { Config } from './load-config.ts';
import { releaseOf } from './release-of.ts';

/**
 * Returns the definition of a configuration's builds when their state is kept here: `build` if they
 * deploy, else `build-and-hand-over`.
 *
 * @throws BatonError `invalid_input` for rules that cannot work.
 */
export function definitionOf(config: Config): WorkflowDefinition {
  const { approvals, separations, baseline, path } = config;
  const { minimum: coverageThreshold, of: coverageOf } = coverageRuleOf(config);
  const toleratesKnownFailures = baseline.failing === 'tolerate';
  const define = releaseOf(config) === undefined ? handOverDefinition : buildDefinition;
  try {
    return define({
      approvals,
      separations,
      coverageThreshold,
      coverageOf,
      toleratesKnownFailures,
    });
  } catch (reason) {
    const { code, message, violations } = BatonError.from(reason);
    throw new BatonError(code, `${path} is not valid: ${message}`, { violations });
  }
}

/** Returns the definition to request of a server. Builds that deploy use the server's default definition. */
export function definitionRequestOf(config: Pick<Config, 'commands'>): DefinitionRequest {
  return releaseOf(config) === undefined ? { name: BUILD_AND_HAND_OVER } : {};
}
