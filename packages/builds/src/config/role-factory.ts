import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  type Cassette,
  openCassette,
  recordedPrincipal,
  recordingRole,
  replayingRole,
} from '@baton/adapters/cassette';
import { createCommandRole } from '@baton/adapters/command';
import { createHumanRole } from '@baton/adapters/human';
import type { DefinitionDescription, Redact, RoleAdapter } from '@baton/core';
import { loadAgentRole } from './agent-role.ts';
import type { CommandMaker } from './check-of.ts';
import { withFolder } from './commands-of.ts';
import { heldToReviews } from './held-to-reviews.ts';
import type { Config } from './load-config.ts';
import { loadModelRole, type Performer } from './model-role.ts';
import { loadModuleRole } from './module-role.ts';
import { toPrincipal } from './principal-schema.ts';
import type { RoleEntry, RoleName } from './role-schema.ts';

export interface RoleOptions {
  /** Absolute path of the cassette to record the roles' answers into. */
  readonly record: string | undefined;
  /** Absolute path of the cassette to replay the roles' answers from. */
  readonly replay: string | undefined;
  /** Variables that hold the API keys. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Masks secrets. */
  readonly redact: Redact;
  /** Returns the folder where agents keep their sessions of a build. */
  readonly agentHomes: (workflowId: string) => string;
}

/** Returns the adapter that performs a role. Undefined when nothing performs it. */
export type RoleFactory = (
  role: RoleName,
  maker: CommandMaker,
  definition: DefinitionDescription,
) => RoleAdapter | undefined;

/**
 * Creates the adapters of the roles from the configuration, or from the cassette to replay.
 *
 * @throws BatonError `data_loss` and others for a cassette that cannot be read, one to record into included.
 */
export async function createRoleFactory(
  config: Config,
  options: RoleOptions,
): Promise<RoleFactory> {
  const { record, replay, redact } = options;
  if (replay !== undefined) {
    const cassette = openCassette(replay);
    const recorded = new Set((await cassette.entries()).map(({ role }) => role));
    const all = [...recorded].map(
      async (role) => [role, await replayed(role, cassette, config, redact)] as const,
    );
    const voices = new Map(await Promise.all(all));
    return (role) => voices.get(role);
  }
  const into = record === undefined ? undefined : openCassette(record);
  // Read now: a broken cassette would otherwise show only after the first answer was paid for.
  if (into !== undefined && existsSync(into.path)) await into.entries();
  const performers = new Map<RoleName, Performer>();
  for (const [name, entry] of Object.entries(config.roles)) {
    const role = name as RoleName;
    if (entry !== undefined) performers.set(role, await performerOf(role, entry, config, options));
  }
  return (role, maker, definition) => {
    const adapter = performers.get(role)?.(maker, definition);
    if (adapter === undefined || into === undefined) return adapter;
    return recordingRole(adapter, into, { redact });
  };
}

async function performerOf(
  role: RoleName,
  entry: RoleEntry,
  config: Config,
  { env: variables, redact, agentHomes }: RoleOptions,
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
      { config, env: variables, homes: agentHomes },
    );
  }
  if (model !== undefined) {
    return loadModelRole(role, { ...entry, model }, { config, env: variables, redact });
  }
  if (module !== undefined) {
    const declared = toPrincipal(entry.principal);
    const adapter = await loadModuleRole(role, resolve(folder, module), declared);
    return () => heldToReviews(adapter, config);
  }
  if (cassette !== undefined) {
    const adapter = await replayed(role, openCassette(resolve(folder, cassette)), config, redact);
    return () => adapter;
  }
  if (command === undefined) return () => heldToReviews(createHumanRole({ role }), config);
  const principal = toPrincipal(entry.principal);
  return ({ env, walls }) =>
    heldToReviews(
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

/** Replays a role from a cassette, under the principal that the cassette recorded. */
async function replayed(
  role: string,
  cassette: Cassette,
  config: Config,
  redact: Redact,
): Promise<RoleAdapter> {
  const principal = recordedPrincipal(role, await cassette.entries());
  return heldToReviews(replayingRole(role, cassette, { redact, principal }), config);
}
