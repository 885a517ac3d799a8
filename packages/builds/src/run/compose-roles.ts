import { resolve } from 'node:path';
import { printRepository } from '@baton/adapters/workspace';
import type { RoleAdapter } from '@baton/core';
import { maskedRole } from '@baton/core/internal';
import { type CallerOptions, callerOf } from '../caller.ts';
import { chooseSandbox } from '../config/choose-sandbox.ts';
import { createConfigRedactor } from '../config/create-config-redactor.ts';
import type { Config } from '../config/load-config.ts';
import { createRoleMaker } from '../config/role-maker.ts';
import { createWalls } from '../config/walls.ts';
import { buildPlaces } from '../state/baton-folder.ts';

/** What {@link composeRoles} takes. */
export interface ComposeOptions extends CallerOptions {
  /** Root of the git repository that builds are on; relative to `cwd`. Default: `cwd`. */
  readonly workspace?: string | undefined;
  /** A file that what the roles answer is taken from; relative to `cwd`. Default: the roles are asked. */
  readonly replay?: string | undefined;
}

/**
 * The five roles of a configuration for a runner of the application's own: in the configuration's sandbox,
 * with protected paths and accounting for files. What belongs to a whole build is not theirs: records,
 * locks, baselines, the hand-over ({@link runBuild} has them).
 *
 * @throws BatonError `invalid_input` or `not_found` for what cannot work, such as a sandbox that is not there.
 * @example
 * import { composeRoles, loadConfig } from '@baton/builds';
 * import { createMemoryStore, createOrchestrator, createRunner } from '@baton/core';
 * const roles = await composeRoles(await loadConfig('baton.config.json'));
 * const source = createOrchestrator({ store: await createMemoryStore() });
 * const runner = createRunner({ source, roles });
 */
export async function composeRoles(
  config: Config,
  options: ComposeOptions = {},
): Promise<readonly RoleAdapter[]> {
  const { env, cwd } = callerOf(options);
  const repository = resolve(cwd, options.workspace ?? '.');
  const { sandbox } = await chooseSandbox(config, env);
  const places = buildPlaces(repository, config, env);
  const makeRoles = await createRoleMaker(config, {
    env,
    walls: createWalls(config, sandbox, places),
    agentHomes: places.agentHomes,
    print: sandbox.name === 'none' ? () => printRepository(repository, env) : undefined,
    record: undefined,
    replay: options.replay === undefined ? undefined : resolve(cwd, options.replay),
  });
  const redact = createConfigRedactor(config, env);
  return makeRoles(() => ({})).map((role) => maskedRole(role, redact));
}
