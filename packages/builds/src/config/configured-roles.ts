import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import {
  type Cassette,
  openCassette,
  openModelCassette,
  recordedPrincipal,
  recordingRole,
  replayingRole,
} from '@baton/adapters/cassette';
import { createCommandRole } from '@baton/adapters/command';
import type { CassetteUse, UsageJournal } from '@baton/adapters/gateway';
import { createHumanRole } from '@baton/adapters/human';
import {
  type Assignment,
  BatonError,
  type DefinitionDescription,
  type RoleAdapter,
} from '@baton/core';
import { loadAgentRole } from './agent-role.ts';
import type { CommandMaker } from './check-of.ts';
import { withFolder } from './commands-of.ts';
import type { Config } from './load-config.ts';
import { loadModelRole, type Performer } from './model-role.ts';
import { withStandIns } from './model-variables.ts';
import { loadModuleRole } from './module-role.ts';
import { toPrincipal } from './principal-schema.ts';
import { ROLE_NAMES, type RoleEntry, type RoleName } from './role-schema.ts';
import { withReviews } from './with-reviews.ts';

export interface RoleOptions {
  /** Absolute path of the cassette to record the roles' answers into. */
  readonly record?: string | undefined;
  /** Absolute path of the cassette to replay the roles' answers from. */
  readonly replay?: string | undefined;
  /** Absolute path of the cassette to record what models answer into. Default: it is not recorded. */
  readonly recordModels?: string | undefined;
  /** Absolute path of the cassette to take it from. Default: models are asked. */
  readonly replayModels?: string | undefined;
  /** Variables that hold the API keys. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Returns the folder where agents keep their sessions of a build. */
  readonly agentHomes: (workflowId: string) => string;
  /** The roles that are performed here: nothing else is looked at. Default: all. */
  readonly only?: readonly RoleName[] | undefined;
  /** In place of the configuration's. Default: none. */
  readonly roles?: readonly RoleAdapter[] | undefined;
  /** Begins the journal of an attempt's model calls. Default: a kill loses what they used. */
  readonly openJournal?: ((assignment: Assignment) => UsageJournal) | undefined;
}

/** Returns the adapter that performs a role. Undefined when nothing performs it. */
export type ConfiguredRoles = (
  role: RoleName,
  maker: CommandMaker,
  definition: DefinitionDescription,
) => RoleAdapter | undefined;

/**
 * Creates the adapters of the roles from the configuration, or from the cassette to replay.
 *
 * @throws BatonError `data_loss` and others for a cassette that cannot be read, one to record into included.
 */
export async function createConfiguredRoles(
  config: Config,
  options: RoleOptions,
): Promise<ConfiguredRoles> {
  const { record, replay } = options;
  if (replay !== undefined) {
    const cassette = openCassette(replay);
    const recorded = new Set((await cassette.entries()).map(({ role }) => role));
    const all = [...recorded].map(
      async (role) => [role, await replayed(role, cassette, config)] as const,
    );
    const replaying = new Map(await Promise.all(all));
    return (role) => replaying.get(role);
  }
  const into = record === undefined ? undefined : openCassette(record);
  const asking = { ...options, ...(await modelsOf(config, options)) };
  // Read now: a broken cassette would otherwise show only after the first answer was paid for.
  if (into !== undefined && existsSync(into.path)) await into.entries();
  const performers = new Map<RoleName, Performer>();
  for (const role of ROLE_NAMES) {
    const entry = config.roles[role];
    const isWanted = options.only?.includes(role) ?? true;
    if (entry !== undefined && isWanted)
      performers.set(role, await performerOf(role, entry, config, asking));
  }
  for (const adapter of options.roles ?? []) {
    performers.set(knownRole(adapter.role), () => withReviews(adapter, config));
  }
  return (role, maker, definition) => {
    const adapter = performers.get(role)?.(maker, definition);
    if (adapter === undefined || into === undefined) return adapter;
    return recordingRole(adapter, into);
  };
}

interface AskingOptions extends RoleOptions {
  /** Whether what models answer is recorded or replayed. */
  readonly models: CassetteUse | undefined;
}

/** How models are asked; a replay needs no keys. */
async function modelsOf(
  { models }: Config,
  { recordModels, replayModels, env, agentHomes }: RoleOptions,
): Promise<Pick<AskingOptions, 'models' | 'env'>> {
  const path = replayModels ?? recordModels;
  if (path === undefined) return { models: undefined, env };
  const cassette = openModelCassette(path);
  // A broken one shows before anything is begun.
  if (replayModels !== undefined || existsSync(path)) await cassette.entries();
  const mode = replayModels === undefined ? 'record' : 'replay';
  // The rest of each path, the id of the workflow, is known by a name of its own.
  const values = { builds: dirname(dirname(agentHomes('any'))) };
  const use = { cassette, mode, values } as const;
  if (mode === 'record') return { models: use, env };
  return { models: use, env: withStandIns(Object.values(models), env) };
}

async function performerOf(
  role: RoleName,
  entry: RoleEntry,
  config: Config,
  { env: variables, agentHomes, openJournal, models }: AskingOptions,
): Promise<Performer> {
  const {
    model,
    command,
    module,
    cassette,
    reserve,
    timeoutSeconds,
    passEnv = [],
    sandbox,
  } = entry;
  const { folder, environment } = config;
  if (entry.agent !== undefined) {
    return loadAgentRole(
      role,
      { ...entry, agent: entry.agent },
      { config, env: variables, homes: agentHomes, openJournal, models },
    );
  }
  if (model !== undefined) {
    return loadModelRole(
      role,
      { ...entry, model },
      { config, env: variables, openJournal, models },
    );
  }
  if (module !== undefined) {
    const declared = toPrincipal(entry.principal);
    const adapter = await loadModuleRole(role, resolve(folder, module), declared);
    return () => withReviews(adapter, config);
  }
  if (cassette !== undefined) {
    const adapter = await replayed(role, openCassette(resolve(folder, cassette)), config);
    return () => adapter;
  }
  if (command === undefined) return () => withReviews(createHumanRole({ role }), config);
  const principal = toPrincipal(entry.principal);
  return ({ env, walls }) =>
    withReviews(
      createCommandRole({
        role,
        principal,
        reserve,
        argv: withFolder(command, folder),
        confinement: walls('role', { argv: command, sandbox }, `roles.${role}`),
        env,
        passEnv: [...environment, ...passEnv],
        timeoutMs: timeoutSeconds === undefined ? undefined : timeoutSeconds * 1000,
      }),
      config,
    );
}

/** @throws BatonError `invalid_input` for a role that builds don't have. */
function knownRole(role: string): RoleName {
  const known = ROLE_NAMES.find((name) => name === role);
  if (known !== undefined) return known;
  const description = `found '${role}'; expected one of ${ROLE_NAMES.join(', ')}`;
  throw new BatonError('invalid_input', `roles: ${description}`, {
    violations: [{ field: 'roles', description }],
    legal: ROLE_NAMES,
  });
}

/** Replays a role from a cassette, under the principal that the cassette recorded. */
async function replayed(role: string, cassette: Cassette, config: Config): Promise<RoleAdapter> {
  const principal = recordedPrincipal(role, await cassette.entries());
  return withReviews(replayingRole(role, cassette, { principal }), config);
}
