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
 * The definition that builds of a configuration run by, where their state is kept here: `build` for
 * those that deploy, else `build-and-hand-over`.
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

/** What to ask a server for: builds that deploy run by its default, whatever its operator made that. */
export function definitionRequestOf(config: Pick<Config, 'commands'>): DefinitionRequest {
  return releaseOf(config) === undefined ? { name: BUILD_AND_HAND_OVER } : {};
}
