import { resolve } from 'node:path';
import { openCassette, recordingRole, replayingRole } from '@baton/adapters/cassette';
import {
  type CheckCommand,
  createReleaseManager,
  createTestAuditor,
  createVerificationOverseer,
} from '@baton/adapters/checks';
import { createCommandRole } from '@baton/adapters/command';
import { BatonError, type RoleAdapter } from '@baton/core';
import type { RoleEntry, RoleName } from './config-schema.ts';
import type { Config } from './load-config.ts';
import { loadModuleRole } from './module-role.ts';

export interface RoleOptions {
  /** Cassette to record into what the configured roles answer; absolute. */
  readonly record: string | undefined;
  /** Cassette to take the roles' answers from instead of asking them; absolute. */
  readonly replay: string | undefined;
}

/** Makes the roles. @param env variables to set for every command that is run, by role. */
export type MakeRoles = (env: (role: RoleName) => Environment) => readonly RoleAdapter[];

type Environment = Readonly<Record<string, string>>;

/**
 * The five roles of a build as the configuration has them performed. The last three are performed by
 * really running `commands`; what is configured for these roles can only be stricter.
 *
 * @throws BatonError `not_found` or `invalid_input` for what cannot work: before a build is begun.
 */
export async function composeRoles(config: Config, options: RoleOptions): Promise<MakeRoles> {
  const { commands, coverageThreshold, path } = config;
  const { test, verify, deploy, smoke, rollback } = commands;
  const { junit, lcov } = test;
  const voice = await createVoices(config, options);

  const make: MakeRoles = (envOf) => {
    const author = (role: RoleName) => {
      const speaks = voice(role, envOf(role));
      return speaks === undefined ? {} : { author: speaks };
    };
    const check = (role: RoleName, name: string, command: CommandEntry): CheckCommand =>
      toCheck(config, envOf(role), name, command);
    return [
      required('q_assistant', voice('q_assistant', envOf('q_assistant'))),
      required('code_writer', voice('code_writer', envOf('code_writer'))),
      createTestAuditor({
        test: {
          ...check('test_auditor', 'test', test),
          reports: { ...(junit !== undefined && { junit }), ...(lcov !== undefined && { lcov }) },
        },
        coverageThreshold,
        ...author('test_auditor'),
      }),
      createVerificationOverseer({
        verify: verify.map((one) => check('verification_overseer', one.name, one)),
        ...author('verification_overseer'),
      }),
      createReleaseManager({
        deploy: check('release_manager', 'deploy', deploy),
        target: deploy.target,
        smoke: smoke.map((one) => check('release_manager', one.name, one)),
        ...(rollback && { rollback: check('release_manager', 'rollback', rollback) }),
        ...author('release_manager'),
      }),
    ];
  };

  try {
    make(() => ({}));
  } catch (reason) {
    const { code, message, violations, legal } = BatonError.from(reason);
    throw new BatonError(code, `${path} is not valid: ${message}`, { violations, legal });
  }
  return make;
}

interface CommandEntry {
  readonly argv: readonly string[];
  readonly timeoutSeconds?: number | undefined;
}

type Voice = (role: RoleName, env: Environment) => RoleAdapter | undefined;

/** Who speaks for each role: what the configuration names, or the cassette. */
async function createVoices(config: Config, { record, replay }: RoleOptions): Promise<Voice> {
  if (replay !== undefined) {
    const cassette = openCassette(replay);
    const recorded = new Set((await cassette.entries()).map(({ role }) => role));
    return (role) => (recorded.has(role) ? replayingRole(role, cassette) : undefined);
  }
  const into = record === undefined ? undefined : openCassette(record);
  const performers = new Map<RoleName, (env: Environment) => RoleAdapter>();
  for (const [name, entry] of Object.entries(config.roles)) {
    const role = name as RoleName;
    if (entry !== undefined) performers.set(role, await performerOf(role, entry, config));
  }
  return (role, env) => {
    const adapter = performers.get(role)?.(env);
    return adapter === undefined || into === undefined ? adapter : recordingRole(adapter, into);
  };
}

async function performerOf(
  role: RoleName,
  { command, module, cassette, timeoutSeconds, passEnv = [] }: RoleEntry,
  { folder, environment }: Config,
): Promise<(env: Environment) => RoleAdapter> {
  if (module !== undefined) {
    const adapter = await loadModuleRole(role, resolve(folder, module));
    return () => adapter;
  }
  if (cassette !== undefined) {
    const adapter = replayingRole(role, openCassette(resolve(folder, cassette)));
    return () => adapter;
  }
  return (env) =>
    createCommandRole({
      role,
      argv: withFolder(command ?? [], folder),
      env,
      passEnv: [...environment, ...passEnv],
      ...(timeoutSeconds !== undefined && { timeoutMs: timeoutSeconds * 1000 }),
    });
}

function toCheck(
  { folder, environment }: Config,
  env: Environment,
  name: string,
  { argv, timeoutSeconds }: CommandEntry,
): CheckCommand {
  return {
    name,
    argv: withFolder(argv, folder),
    env,
    passEnv: environment,
    ...(timeoutSeconds !== undefined && { timeoutMs: timeoutSeconds * 1000 }),
  };
}

/** Commands run in the workspace of the build: `{config}` names what lies beside the config file. */
function withFolder(argv: readonly string[], folder: string): readonly string[] {
  return argv.map((argument) => argument.replaceAll(/(?<!\{)\{config\}(?!\})/g, () => folder));
}

function required(role: RoleName, voice: RoleAdapter | undefined): RoleAdapter {
  if (voice !== undefined) return voice;
  const field = `roles.${role}`;
  const description = 'found nothing; expected one of command, module, cassette';
  throw new BatonError('invalid_input', `${field}: ${description}`, {
    violations: [{ field, description }],
  });
}
