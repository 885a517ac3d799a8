import {
  BatonError,
  BUILD_AND_HAND_OVER,
  buildDefinition,
  type DefinitionRequest,
  handOverDefinition,
  type WorkflowDefinition,
  type WorkflowStatus,
} from '@baton/core';
import type { Operations } from '../operations/operations.ts';
import { coverageRuleOf } from './coverage-of.ts';
import type { Config } from './load-config.ts';

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

/**
 * Returns the definition to request of a server: builds that deploy use its default one, unless that ends with a branch.
 *
 * @throws BatonError `unavailable` for a server that does not answer.
 */
export async function chooseDefinition(
  config: Pick<Config, 'commands'>,
  { describeDefinition }: Pick<Operations, 'describeDefinition'>,
): Promise<DefinitionRequest> {
  if (releaseOf(config) === undefined) return { name: BUILD_AND_HAND_OVER };
  const usual = await describeDefinition({});
  return usual.name === BUILD_AND_HAND_OVER ? { name: BUILD } : {};
}

/** How builds of a configuration end, in words. */
export function endingOf(config: Pick<Config, 'commands'>): string {
  const release = releaseOf(config);
  return release === undefined
    ? 'hands a branch over; does not deploy'
    : `deploys to ${release.deploy.target}`;
}

type Commands = Config['commands'];

/** A deployment, what checks it, and what takes it back. */
export interface Release {
  readonly deploy: NonNullable<Commands['deploy']>;
  readonly smoke: NonNullable<Commands['smoke']>;
  readonly rollback: Commands['rollback'];
}

/** How builds of a configuration are deployed; undefined when they hand a branch over. */
export function releaseOf({ commands }: Pick<Config, 'commands'>): Release | undefined {
  const { deploy, smoke, rollback } = commands;
  // The schema lets neither through without the other.
  return deploy === undefined || smoke === undefined ? undefined : { deploy, smoke, rollback };
}

const BUILD = 'build';
const READY_MADE: ReadonlySet<string> = new Set([BUILD, BUILD_AND_HAND_OVER]);

/**
 * Refuses to go on with a build whose last phase the roles of a configuration cannot perform: one that
 * deploys and one that hands a branch over leave different outputs.
 *
 * @throws BatonError `invalid_input` naming both, and the way on.
 */
export function refuseOtherEnding(
  config: Config,
  status: Pick<WorkflowStatus, 'buildId' | 'completedAt' | 'definition'>,
): void {
  const { buildId, completedAt, definition } = status;
  const { name } = definitionOf(config);
  if (completedAt !== undefined || name === definition.name) return;
  if (!READY_MADE.has(definition.name)) return;
  throw new BatonError(
    'invalid_input',
    `build '${buildId}' was begun by definition '${definition.name}', and ${config.path} now ${endingOf(config)} (definition '${name}'): ${wayOn(name)}, or begin another build with --new once this one has ended, or with --build`,
  );
}

/**
 * What to know of a server whose builds end in another way than those of a configuration, unless they name a
 * definition; undefined where they end alike.
 *
 * @param usual the definition of builds that name none.
 */
export function otherEndingText(config: Config, usual: string): string | undefined {
  const { name } = definitionOf(config);
  if (usual === name || !READY_MADE.has(usual)) return undefined;
  return `builds that name no definition run by '${usual}' on this server, and ${config.path} ${endingOf(config)}: their last phase is left to other workers. Start builds with the definition '${name}', or the server with WORKFLOW_DEFINITION=${name}`;
}

function wayOn(name: string): string {
  return name === BUILD
    ? 'leave commands.deploy, smoke and rollback out again'
    : 'write commands.deploy and commands.smoke again';
}
