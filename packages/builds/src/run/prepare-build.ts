import { type GitWorkspaceProvider, printRepository } from '@baton/adapters/workspace';
import type { ArtifactStore, Redact, RoleAdapter } from '@baton/core';
import { createBaselineMemory } from '../baseline/baseline-memory.ts';
import type { Caller } from '../caller.ts';
import { createBuildRoles, type MakeRoles } from '../config/build-roles.ts';
import { chooseSandbox } from '../config/choose-sandbox.ts';
import { refuseGaps } from '../config/commands-of.ts';
import { createConfigRedactor } from '../config/create-config-redactor.ts';
import { type Config, loadConfig } from '../config/load-config.ts';
import type { RoleName } from '../config/role-schema.ts';
import { createWalls } from '../config/walls.ts';
import { measureAgain } from '../doctor/run-commands.ts';
import { batonFolder, buildPlaces, makeBatonFolder } from '../state/baton-folder.ts';
import { checkRepository } from '../state/check-repository.ts';
import { artifactsUrlOf, openArtifacts } from '../state/open-artifacts.ts';
import { openWorkspaces } from '../state/open-workspaces.ts';
import type { BuildObserver } from './build-observer.ts';
import { type Cassettes, createRunRecords, type RunRecords } from './run-records.ts';
import { createUsageJournals, type UsageJournals } from './usage-journals.ts';

export interface Preparing {
  /** Absolute. */
  readonly workspace: string;
  /** As it was named; absent: the one in the workspace. */
  readonly config: string | undefined;
  readonly cassettes: Cassettes;
  readonly observer: Pick<BuildObserver, 'setAside'>;
  /** In place of the configuration's. */
  readonly roles: readonly RoleAdapter[];
  /** Picks the roles that are performed here. Default: all. */
  readonly only?: ((config: Config) => readonly RoleName[]) | undefined;
}

/** What a build is performed with, checked before its state is opened. */
export interface Prepared {
  /** Root of the repository; a real path. */
  readonly repository: string;
  readonly config: Config;
  /** Masks the configuration's secrets. */
  readonly redact: Redact;
  readonly makeRoles: MakeRoles;
  readonly workspaces: GitWorkspaceProvider;
  readonly artifacts: ArtifactStore;
  readonly records: RunRecords;
  readonly journals: UsageJournals;
  /** Which sandbox commands run in, by its name and in a line for people. */
  readonly sandbox: { readonly name: string; readonly found: string };
}

/** @throws BatonError for everything that would keep a build from working. */
export async function prepareBuild(preparing: Preparing, caller: Caller): Promise<Prepared> {
  const { cassettes, observer } = preparing;
  const { env, cwd } = caller;
  const repository = await checkRepository(preparing.workspace);
  const config = await loadConfig(preparing.config, { workspace: repository, cwd });
  const redact = createConfigRedactor(config, env);
  caller.maskErrors(redact);
  refuseGaps(config);
  const folder = batonFolder(repository, env);
  const { sandbox, found } = await chooseSandbox(config, env);
  const places = buildPlaces(repository, config, env);
  const workspaces = openWorkspaces(repository, config, env, (aside) => observer.setAside?.(aside));
  const journals = createUsageJournals(folder.runs);
  const makeRoles = await createBuildRoles(config, {
    ...cassettes,
    roles: preparing.roles,
    only: preparing.only?.(config),
    env,
    walls: createWalls(config, sandbox, places),
    agentHomes: places.agentHomes,
    openJournal: journals.open,
    print: sandbox.name === 'none' ? () => printRepository(repository, env) : undefined,
    baseline: {
      memory: createBaselineMemory(folder.baselines, config, env, sandbox.name),
      openJudged: (workflowId) => workspaces.open(workflowId, undefined, 'judge'),
      // A replay pays no model that a baseline could save.
      isRun: config.baseline.isRun && (cassettes.replay ?? cassettes.replayModels) === undefined,
      now: Date.now,
      again: measureAgain(caller, repository, preparing.config),
    },
  });
  makeBatonFolder(folder);
  return {
    repository,
    config,
    redact,
    makeRoles,
    workspaces,
    artifacts: await openArtifacts(repository, caller, artifactsUrlOf(config), {
      maxArtifactBytes: config.artifacts.maxArtifactBytes,
      maxWorkflowBytes: config.artifacts.maxBuildBytes,
    }),
    records: createRunRecords(folder.runs),
    journals,
    sandbox: { name: sandbox.name, found },
  };
}
