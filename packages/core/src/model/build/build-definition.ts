import type { WorkflowDefinition } from '../definition.ts';
import { type BuildDefinitionOptions, type BuildTypes, defineBuild } from './define-build.ts';
import { deployed, evidenceOnThisWorkspace, smokeTestsPassed } from './gates.ts';
import { deploymentOutput } from './outputs.ts';
import { buildRoles } from './roles.ts';

/** What is known of `build` when code is compiled. */
export type BuildWorkflow = BuildTypes<typeof deploymentOutput>;

/**
 * The default definition, `build`: five roles, 11 states beside `error`, 28 transitions.
 *
 * @throws BatonError `invalid_input` for approvals, separations and thresholds that cannot work.
 * @example
 * import { buildDefinition, createMemoryStore, createOrchestrator } from '@baton/core';
 * const definitions = [buildDefinition({ coverageThreshold: 90 })];
 * const baton = createOrchestrator({ store: await createMemoryStore(), definitions });
 */
export function buildDefinition(
  options: BuildDefinitionOptions = {},
): WorkflowDefinition<BuildWorkflow> {
  return defineBuild(
    {
      name: 'build',
      roles: buildRoles,
      deployment: {
        output: deploymentOutput,
        gates: [deployed, smokeTestsPassed, evidenceOnThisWorkspace('deploy', 'smoke')],
      },
    },
    options,
  );
}
