import { BatonError, BUILD_AND_HAND_OVER, type WorkflowStatus } from '@baton/core';
import { definitionOf } from './definition-of.ts';
import { endingOf } from './ending-of.ts';
import type { Config } from './load-config.ts';

const READY_MADE: ReadonlySet<string> = new Set(['build', BUILD_AND_HAND_OVER]);

/**
 * Refuses to go on with a build whose last phase the roles of a configuration cannot perform: one that
 * deploys and one that hands a branch over leave different outputs.
 *
 * @throws BatonError `invalid_input` naming both, and the way on.
 */
export function refuseOtherEnding(config: Config, status: WorkflowStatus): void {
  const { buildId, completedAt, definition } = status;
  const { name } = definitionOf(config);
  if (completedAt !== undefined || name === definition.name) return;
  if (!READY_MADE.has(definition.name)) return;
  throw new BatonError(
    'invalid_input',
    `build '${buildId}' was begun by definition '${definition.name}', and ${config.path} now ${endingOf(config)} (definition '${name}'): ${wayOn(name)}, or begin another build with --new once this one has ended, or with --build`,
  );
}

function wayOn(name: string): string {
  return name === 'build'
    ? 'leave commands.deploy, smoke and rollback out again'
    : 'write commands.deploy and commands.smoke again';
}
