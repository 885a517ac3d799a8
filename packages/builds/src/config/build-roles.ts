import {
  type CheckCommand,
  createHandOverManager,
  createReleaseManager,
  createTestAuditor,
  createVerificationOverseer,
  type JudgeOptions,
  stepAt,
} from '@baton/adapters/checks';
import { nameFiles } from '@baton/adapters/review';
import { changedParts, type RepositoryPrint } from '@baton/adapters/workspace';
import {
  BatonError,
  type DefinitionDescription,
  describeDefinition,
  type RoleAdapter,
  type Workspace,
} from '@baton/core';
import { type BaselineParts, withBaseline } from '../baseline/with-baseline.ts';
import { type CommandEntry, type CommandMaker, checkOf, type Environment } from './check-of.ts';
import type { Purpose } from './commands-of.ts';
import { createConfiguredRoles, type RoleOptions } from './configured-roles.ts';
import { coverageRuleOf } from './coverage-of.ts';
import { definitionOf, type Release, releaseOf } from './definition-of.ts';
import type { Config } from './load-config.ts';
import { refuseInseparable } from './refuse-inseparable.ts';
import { refuseUnpriced } from './refuse-unpriced.ts';
import { reportsOf } from './reports-of.ts';
import { ROLE_OF } from './role-of.ts';
import { ROLE_NAMES, type RoleName, WAYS } from './role-schema.ts';
import type { Walls } from './walls.ts';
import { withFileAccounting } from './with-file-accounting.ts';
import { type Installing, withInstall } from './with-install.ts';

/**
 * Makes the roles.
 *
 * @param env variables to set for every command that is run, by role.
 * @param definition what the build runs by. Default: that of the configuration.
 */
export type MakeRoles = (
  env: (role: RoleName) => Environment,
  definition?: DefinitionDescription,
) => readonly RoleAdapter[];

export interface BuildRolesOptions extends RoleOptions {
  /** What commands are held to. */
  readonly walls: Walls;
  /** Takes the print of the user's repository, where no wall keeps roles out of it. */
  readonly print?: (() => Promise<RepositoryPrint>) | undefined;
  /** Where what the commands did before the build is run and remembered; absent: nothing is known. */
  readonly baseline?: BaselineParts;
}

/**
 * The roles of a build, those that are wanted of the five, as the configuration has them performed. The last three are performed by
 * really running `commands`, or by handing over what they judged where nothing deploys; what is configured for these roles can only be stricter.
 *
 * @throws BatonError `not_found` or `invalid_input` for what cannot work: before a build is begun.
 */
export async function createBuildRoles(
  config: Config,
  options: BuildRolesOptions,
): Promise<MakeRoles> {
  const { commands, path, workspace: rules } = config;
  const { baseline, walls, print } = options;
  const { install, test, verify } = commands;
  const release = releaseOf(config);
  if (options.replay === undefined) refuseUnpriced(config);
  const configured = await createConfiguredRoles(config, options);
  const own = describeDefinition(definitionOf(config));

  const tolerates = config.baseline.failing === 'tolerate';
  const recall = async (workspace: Workspace) =>
    baseline?.memory.recall(await workspace.digest('start'));
  const judging: JudgeOptions = {
    baseline: recall,
    toleratesKnownFailures: tolerates,
    generated: rules.generated,
  };
  const installFails = async (workspace: Workspace): Promise<boolean> =>
    config.baseline.failingInstall === 'tolerate' &&
    stepAt(await recall(workspace), 'install', 'install')?.failure !== undefined;

  const make: MakeRoles = (envOf, definition = own) => {
    const accounted = (adapter: RoleAdapter) => withFileAccounting(adapter, config);
    const makerFor = (role: RoleName): CommandMaker => ({ config, walls, env: envOf(role) });
    const speaker = (role: RoleName) => configured(role, makerFor(role), definition);
    const check = (
      role: RoleName,
      purpose: Purpose,
      command: CommandEntry,
      name: string = purpose,
    ): CheckCommand => checkOf(makerFor(role), purpose, name, command);
    const sendBack: Installing['failed'] = (reason, details) => ({
      kind: 'request_retry',
      reason,
      details,
    });
    const installed = (adapter: RoleAdapter, failed: Installing['failed'] = sendBack) => {
      if (install === undefined) return adapter;
      const command = check(adapter.role as RoleName, 'install', install);
      return withInstall(adapter, {
        command,
        rules,
        claims: adapter.role === 'code_writer',
        failed,
        isKnownToFail: installFails,
      });
    };
    const baselined = (adapter: RoleAdapter) =>
      baseline === undefined ? adapter : withBaseline(adapter, makerFor('q_assistant'), baseline);
    const author = (role: RoleName) => {
      const speaks = speaker(role);
      return speaks === undefined ? {} : { author: speaks };
    };
    const deploying = ({ deploy, smoke, rollback }: Release) =>
      createReleaseManager({
        deploy: check('release_manager', 'deploy', deploy),
        target: deploy.target,
        smoke: smoke.map((one) => check('release_manager', 'smoke', one, one.name)),
        ...(rollback && { rollback: check('release_manager', 'rollback', rollback) }),
        sources: rules.sources,
        ...author('release_manager'),
      });
    const auditor = () =>
      createTestAuditor({
        test: { ...check('test_auditor', 'test', test), reports: reportsOf(test) },
        coverage: coverageRuleOf(config),
        ...judging,
        ...author('test_auditor'),
      });
    const overseer = () =>
      createVerificationOverseer({
        ...judging,
        verify: verify.map((one) => check('verification_overseer', 'verify', one, one.name)),
        ...author('verification_overseer'),
      });
    const makers: Readonly<Record<RoleName, () => RoleAdapter>> = {
      q_assistant: () => baselined(accounted(required('q_assistant', speaker('q_assistant')))),
      code_writer: () =>
        // What keeps it from installing may be what it has to mend.
        installed(accounted(required('code_writer', speaker('code_writer'))), () => undefined),
      test_auditor: () => installed(accounted(auditor())),
      verification_overseer: () => installed(accounted(overseer())),
      release_manager: () =>
        release === undefined
          ? accounted(
              createHandOverManager({ sources: rules.sources, ...author('release_manager') }),
            )
          : installed(accounted(deploying(release))),
    };
    const wanted = ROLE_NAMES.filter((role) => options.only?.includes(role) ?? true);
    const adapters = wanted.map((role) => makers[role]());
    return print === undefined ? adapters : adapters.map((one) => watchingRepository(one, print));
  };

  try {
    refuseInseparable(config.separations, {
      roles: make(() => ({})),
      entries: config.roles,
      replayed: options.replay !== undefined,
      roleOf: (phase) => ROLE_OF[phase as keyof typeof ROLE_OF],
    });
  } catch (reason) {
    const { code, message, violations, legal } = BatonError.from(reason);
    throw new BatonError(code, `${path} is not valid: ${message}`, { violations, legal });
  }
  return make;
}

function required(role: RoleName, found: RoleAdapter | undefined): RoleAdapter {
  if (found !== undefined) return found;
  const field = `roles.${role}`;
  const description = `found nothing; expected one of ${WAYS.join(', ')}`;
  throw new BatonError('invalid_input', `${field}: ${description}`, {
    violations: [{ field, description }],
  });
}

/**
 * Fails a role's work when git's settings, hooks or attributes in the user's repository changed
 * meanwhile. The reason names them. Other changes may be the user's own work, so they are only noted, as
 * `repository_changed`. Use it for roles that no sandbox keeps out of the repository.
 *
 * @param print takes the print of the repository.
 */
export function watchingRepository(
  adapter: RoleAdapter,
  print: () => Promise<RepositoryPrint>,
): RoleAdapter {
  return {
    ...adapter,
    async perform(assignment, context) {
      const before = await print();
      const outcome = await adapter.perform(assignment, context);
      const after = await print();
      const work = changedParts(before.work, after.work);
      if (work.length > 0) {
        const message = `while '${adapter.role}' worked, the repository itself was changed, by that role or by another program: ${nameFiles(work)}`;
        context.note({ code: 'repository_changed', message });
      }
      const programs = changedParts(before.programs, after.programs);
      if (programs.length === 0) return outcome;
      const reason = `while '${adapter.role}' worked, what git runs in the repository itself was changed: ${nameFiles(programs)}; look at it, put it right, then request a retry`;
      return { kind: 'fail', reason };
    },
  };
}
