import type { WorkflowDefinition } from '../definition.ts';
import { type BuildDefinitionOptions, type BuildTypes, defineBuild } from './define-build.ts';
import { handedOver, handsOverThisWorkspace } from './gates.ts';
import { handOverOutput } from './outputs.ts';
import { handOverRoles } from './roles.ts';

/** The name of the definition whose builds hand a branch over instead of deploying. */
export const BUILD_AND_HAND_OVER = 'build-and-hand-over';

/** What is known of it when code is compiled. */
export type HandOverTypes = BuildTypes<typeof handOverOutput>;

/**
 * The definition `build-and-hand-over`: states, owners and transitions are those of `build`, but in
 * `deployment` the Release Manager hands over the files that testing and verification judged. It
 * deploys nothing: what becomes of the branch is decided where the branch is taken.
 *
 * @throws BatonError `invalid_input` for approvals and separations that cannot work.
 * @example
 * import { createMemoryStore, createOrchestrator, handOverDefinition } from '@baton/core';
 * const definitions = [handOverDefinition()];
 * const baton = createOrchestrator({ store: await createMemoryStore(), definitions });
 */
export function handOverDefinition(
  options: BuildDefinitionOptions = {},
): WorkflowDefinition<HandOverTypes> {
  return defineBuild(
    {
      name: BUILD_AND_HAND_OVER,
      roles: handOverRoles,
      deployment: {
        output: handOverOutput,
        gates: [handedOver, handsOverThisWorkspace],
        summary: 'hands a branch over; does not deploy',
      },
    },
    options,
  );
}
