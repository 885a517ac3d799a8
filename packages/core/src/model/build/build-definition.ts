import type { WorkflowDefinition } from '../definition.ts';
import { type BuildDefinitionOptions, defineBuild } from './define-build.ts';
import { deployed, evidenceOnThisWorkspace, smokeTestsPassed } from './gates.ts';
import { deploymentOutput } from './outputs.ts';
import { buildRoles } from './roles.ts';

/** The states of the `build` definition, in order, and `error`. */
export const BUILD_STATES = [
  'discovery',
  'planning',
  'handoff_to_coder',
  'implementation',
  'handoff_to_tester',
  'testing',
  'handoff_to_verifier',
  'verification',
  'handoff_to_releaser',
  'deployment',
  'complete',
  'error',
] as const;

export type BuildState = (typeof BUILD_STATES)[number];

/** The phases of the `build` definition, in order. */
export const BUILD_PHASES = [
  'discovery',
  'planning',
  'implementation',
  'testing',
  'verification',
  'deployment',
] as const;

export type BuildPhase = (typeof BUILD_PHASES)[number];

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
