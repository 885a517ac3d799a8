import { hostname, userInfo } from 'node:os';
import { type GitWorkspaceProvider, printRepository } from '@baton/adapters/workspace';
import {
  BatonError,
  type DefinitionDescription,
  type DefinitionRequest,
  type Dispatcher,
  type JsonObject,
  type Redact,
} from '@baton/core';
import { createApprovalTokens } from '../approval/approval-tokens.ts';
import {
  type BuildApprovals,
  createBuildApprovals,
  SERVER_APPROVALS,
} from '../approval/build-approvals.ts';
import { NO_TOKEN } from '../approval/token-hint.ts';
import { createBaselineMemory } from '../baseline/baseline-memory.ts';
import type { CommandContext } from '../command-context.ts';
import { chooseSandbox } from '../config/choose-sandbox.ts';
import { composeRoles } from '../config/compose-roles.ts';
import { createConfigRedactor, poorlyMasked } from '../config/create-config-redactor.ts';
import { definitionOf, definitionRequestOf } from '../config/definition-of.ts';
import { holdToDemands } from '../config/hold-to-demands.ts';
import { holdToServer } from '../config/hold-to-server.ts';
import { type Config, loadConfig } from '../config/load-config.ts';
import { refuseGaps } from '../config/refuse-gaps.ts';
import { createWalls } from '../config/walls.ts';
import { measureAgain } from '../doctor/measure-again.ts';
import { batonFolder, makeBatonFolder } from '../embedded/baton-folder.ts';
import { buildPlaces } from '../embedded/build-places.ts';
import { checkRepository } from '../embedded/check-repository.ts';
import { type EmbeddedOptions, openEmbedded } from '../embedded/open-embedded.ts';
import { openWorkspaces } from '../embedded/open-workspaces.ts';
import { uncommittedFiles } from '../embedded/uncommitted-files.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { type Connection, connectToServer } from '../operations/connect.ts';
import { maskedOperations } from '../operations/masked-operations.ts';
import type { Operations } from '../operations/operations.ts';
import { locationFlags, quoted } from '../output/location-flags.ts';
import type { OutputStream } from '../output/terminal.ts';
import { applyRetention } from '../retention/apply-retention.ts';
import { type BuildSummary, summarize } from './build-summary.ts';
import { createClaimMemory } from './claim-memory.ts';
import { ROLE_VARIABLE, WORKFLOW_VARIABLE } from './end-orphans.ts';
import type { FoundBuild } from './find-build.ts';
import { handOverRequest } from './hand-over-request.ts';
import { hasEnded } from './has-ended.ts';
import { interruptible } from './interruptible.ts';
import { performBuild } from './perform-build.ts';
import { createRunLock } from './run-lock.ts';
import type { HandedOver, RunObserver } from './run-observer.ts';
import { createRunRecords, type RunRecord, type RunRecords } from './run-records.ts';
import { createTerminalPeople } from './terminal-people.ts';

export interface RunOptions {
  /** As the user named it; absolute. */
  readonly workspace: string;
  /** As the user named it; absent: the one in the workspace. */
  readonly config: string | undefined;
  readonly server: string | undefined;
  /** Who sits at the terminal; absent: the one whom the configuration names, or this machine. */
  readonly user: string | undefined;
  /** Where to ask that person when the build waits for one; absent: nobody is there. */
  readonly prompt: OutputStream | undefined;
  /** The token with which a person lets a build go on by rules that demand less; absent: none is given. */
  readonly token?: string | undefined;
  /** Cassettes; absolute. */
  readonly record: string | undefined;
  readonly replay: string | undefined;
}

/** What is there once everything is checked, before a build is begun. */
export interface Prepared {
  readonly workspace: string;
  readonly config: Config;
  readonly operations: Operations;
  readonly records: RunRecords;
  /** What a build is begun with, besides. */
  readonly metadata: JsonObject;
  /** Masks secrets. */
  readonly redact: Redact;
}

/** A build and how it was asked for. */
export interface ChosenBuild extends FoundBuild {
  readonly request: Pick<RunRecord, 'request' | 'derivedFrom'>;
}

export interface RunParts {
  readonly context: CommandContext;
  readonly observe: (workspace: string) => RunObserver;
  /** Finds or begins the build. */
  readonly choose: (prepared: Prepared) => Promise<ChosenBuild>;
}

/**
 * Performs a build with the roles of the configuration on the workspace, until it is complete or
 * waits in `error`.
 *
 * @throws BatonError whatever is wrong before the build is begun, or outside its roles.
 */
export async function runBuild(options: RunOptions, parts: RunParts): Promise<ExitCode> {
  const { context, observe, choose } = parts;
  const { server, record, replay } = options;
  const workspace = await checkRepository(options.workspace);
  const config = await loadConfig(options.config, { workspace, cwd: context.cwd });
  const redact = createConfigRedactor(config, context.env);
  context.maskErrors(redact);
  refuseGaps(config);
  const folder = batonFolder(workspace, context.env);
  const { sandbox, found } = await chooseSandbox(config, context.env);
  const places = buildPlaces(workspace, config, context.env);
  const workspaces = openWorkspaces(workspace, config, context.env, (aside) =>
    observer.setAside(aside),
  );
  const makeRoles = await composeRoles(config, {
    record,
    replay,
    env: context.env,
    redact,
    walls: createWalls(config, sandbox, places),
    print: sandbox.name === 'none' ? () => printRepository(workspace, context.env) : undefined,
    baseline: {
      memory: createBaselineMemory(folder.baselines, config, context.env, sandbox.name),
      openJudged: (workflowId) => workspaces.open(workflowId, undefined, 'judge'),
      // A replay pays no model that a baseline could save.
      isRun: config.baseline.isRun && replay === undefined,
      now: Date.now,
      again: measureAgain(context, workspace, options.config),
    },
  });
  const definition = definitionOf(config);
  makeBatonFolder(folder);
  const records = createRunRecords(folder.runs);
  const where = { workspace, definition, maxAttempts: config.limits.maxAttempts };
  const opened = await open(where, options, context);
  const { operations, dispatcher, approvals, verify, close } = opened;
  const observer = observe(workspace);
  /** What the build runs by, where that is not the configuration's own. */
  let demanded: DefinitionDescription | undefined;
  try {
    const hold = async (reference: DefinitionRequest): Promise<void> => {
      if (server === undefined) return;
      demanded = await operations.describeDefinition(reference);
      holdToServer(config, {
        server,
        definition: demanded,
        roles: makeRoles(() => ({})),
        replayed: replay !== undefined,
      });
    };
    await hold(definitionRequestOf(config));
    const { status, begun, request } = await choose({
      workspace,
      config,
      operations,
      records,
      metadata: approvals.metadata,
      redact,
    });
    const { workflowId, buildId, projectId } = status;
    await verify(workflowId);
    const demands = begun || hasEnded(status) ? undefined : await approvals.demands(workflowId);
    if (demands !== undefined && options.token !== undefined) {
      await approvals.check(workflowId, options.token);
    } else if (demands !== undefined) {
      const resume = locationFlags(context, workspace);
      const command = resume.command(
        `resume ${workflowId}${resume.files} --token ${quoted('<token>')}`,
        0,
      );
      holdToDemands(
        config,
        demands,
        `write it again, begin another build with --new, or let this one go on by what is there now with its approval token: ${command}`,
      );
    }
    // A build that was begun before may run by another.
    if (!begun) await hold({ name: status.definition.name, version: status.definition.version });
    const known = records.all().find((one) => one.workflowId === workflowId);
    const over = hasEnded(status);
    if (server !== undefined && !over && !begun && known === undefined && status.revision > 1) {
      throw begunElsewhere(buildId, server);
    }
    records.write({
      ...request,
      workflowId,
      buildId,
      projectId,
      config: config.path,
      startedAt: known?.startedAt ?? status.createdAt,
      server,
      record,
      replay,
    });
    observer.opened(status, begun);
    observer.confined(sandbox.name, found);
    const weak = over ? [] : poorlyMasked(config, context.env);
    if (weak.length > 0) observer.poorlyMasked(weak);
    const uncommitted = begun ? await uncommittedFiles(workspace) : [];
    if (uncommitted.length > 0) observer.uncommitted(uncommitted);
    const retained = await applyRetention(workspace, config, context.env);
    if (retained.workflowIds.length + retained.problems.length > 0) observer.pruned(retained);
    if (!over) {
      const outcome = await interruptible(context, observer, async (interrupted) =>
        performBuild({
          operations,
          status,
          dispatcher,
          observer,
          interrupted,
          redact,
          roles: makeRoles(
            (role) => ({ [WORKFLOW_VARIABLE]: workflowId, [ROLE_VARIABLE]: role }),
            demanded,
          ),
          workspaces,
          worker: `${hostname()}:${process.pid}`,
          lock: createRunLock(records.pathFor(workflowId, 'lock')),
          people:
            options.prompt && (await approvals.mayAsk(workflowId))
              ? createTerminalPeople({
                  operations: maskedOperations(operations, redact),
                  person: options.user ?? config.user ?? userInfo().username,
                  input: context.stdin,
                  output: options.prompt,
                  interrupt: context.interrupt,
                })
              : undefined,
          memory: createClaimMemory(records.pathFor(workflowId, 'claim'), workflowId),
        }),
      );
      if (outcome === 'interrupted') {
        observer.left(workflowId);
        return EXIT.interrupted;
      }
      if (outcome.awaiting !== undefined) {
        observer.waiting(outcome, await approvals.hint(workflowId));
        return EXIT.waitsForPerson;
      }
    }
    await verify(workflowId);
    const summary = await summarize(operations, workflowId);
    const handedOver = summary.complete
      ? await handOver(summary, request.request, workspaces, config)
      : undefined;
    const token = summary.complete ? NO_TOKEN : await approvals.hint(workflowId);
    observer.closed(summary, handedOver, token);
    return summary.complete ? EXIT.ok : EXIT.waitsInError;
  } finally {
    observer.dispose();
    await close();
  }
}

interface Opened extends Connection {
  readonly dispatcher: Dispatcher | undefined;
  readonly approvals: BuildApprovals;
}

async function open(
  where: Pick<EmbeddedOptions, 'workspace' | 'definition' | 'maxAttempts'>,
  { server, prompt }: RunOptions,
  context: CommandContext,
): Promise<Opened> {
  if (server !== undefined) {
    const connection = await connectToServer(server);
    return { ...connection, dispatcher: undefined, approvals: SERVER_APPROVALS };
  }
  const { env, stdout } = context;
  const embedded = await openEmbedded({ ...where, create: true, env });
  const { orchestrator, dispatcher, store, folder, key, close } = embedded;
  try {
    const approvals = createBuildApprovals({
      store,
      tokens: createApprovalTokens(folder.seals, key),
      given: env['BATON_APPROVAL_TOKEN'] || undefined,
      // With stdout elsewhere, such as in a log, a role could read there what is shown.
      atTerminal: prompt === stdout,
      where: locationFlags(context, where.workspace),
    });
    const verify = (workflowId: string) => store.verify(workflowId);
    return { operations: orchestrator, dispatcher, approvals, verify, close };
  } catch (reason) {
    await close();
    throw reason;
  }
}

/** Makes the branch; that there is none costs nothing of the work, so it only says why. */
async function handOver(
  summary: BuildSummary,
  request: string,
  workspaces: GitWorkspaceProvider,
  config: Config,
): Promise<HandedOver | undefined> {
  if (summary.checkpoint === undefined) return undefined;
  try {
    return await workspaces.handOver(handOverRequest(summary, request, config.handOver));
  } catch (reason) {
    return { problem: BatonError.from(reason).message };
  }
}

/** Its files are where it was begun: here, every checkpoint would be missing. */
function begunElsewhere(buildId: string, server: string): BatonError {
  return new BatonError(
    'already_exists',
    `build '${buildId}' on ${server} was begun from another workspace, which has its files: go on there, or begin another one with --build`,
  );
}
