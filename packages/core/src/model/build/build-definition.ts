import type { WorkflowDefinition } from '../definition.ts';
import { type BuildDefinitionOptions, defineBuild } from './define-build.ts';
import { deployed, evidenceOnThisWorkspace, smokeTestsPassed } from './gates.ts';
import { deploymentOutput } from './outputs.ts';
import { buildRoles } from './roles.ts';

/** The default definition: five roles, 11 states beside `error`, 28 transitions. */
export function buildDefinition(options: BuildDefinitionOptions = {}): WorkflowDefinition {
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
