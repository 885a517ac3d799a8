import { hostname, userInfo } from 'node:os';
import { resolve } from 'node:path';
import {
  BatonError,
  type DefinitionDescription,
  type DefinitionRequest,
  type JsonObject,
} from '@baton/core';
import { type Caller, callerOf } from '../caller.ts';
import { checkAgainstDemands, checkAgainstServer } from '../config/check-against-server.ts';
import { chooseDefinition } from '../config/definition-of.ts';
import { poorlyMasked } from '../config/poorly-masked.ts';
import { quoted } from '../host/quoted.ts';
import { maskedOperations } from '../operations/connect.ts';
import type { Operations } from '../operations/operations.ts';
import { applyRetention } from '../retention/apply-retention.ts';
import { uncommittedFiles } from '../state/check-repository.ts';
import { artifactsUrlOf } from '../state/open-artifacts.ts';
import { commandLines } from '../text/command-lines.ts';
import { hasEnded } from './build-id.ts';
import type { BuildObserver } from './build-observer.ts';
import type { BuildResult, PerformOptions } from './build-options.ts';
import { summarize } from './build-summary.ts';
import { createClaimMemory } from './claim-memory.ts';
import { ROLE_VARIABLE, WORKFLOW_VARIABLE } from './end-orphans.ts';
import type { FoundBuild } from './find-build.ts';
import { handOver } from './hand-over.ts';
import { type OpenedState, openState } from './open-state.ts';
import { performBuild } from './perform-build.ts';
import { type Prepared, prepareBuild } from './prepare-build.ts';
import { createRunLock } from './run-lock.ts';
import { type Cassettes, cassettesOf, type RunRecord } from './run-records.ts';

/** A build and its request. */
export interface ChosenBuild extends FoundBuild {
  readonly request: Pick<RunRecord, 'request' | 'derivedFrom'>;
}

/** What `choose` gets to find or start a build. */
export interface Choosing extends Prepared {
  readonly operations: Operations;
  /** Additional metadata of a new build. */
  readonly metadata: JsonObject;
  readonly caller: Caller;
}

/** Where the state is, and the cassettes to record or replay. */
export interface Kept extends Cassettes, Pick<RunRecord, 'server'> {
  /** The person to ask. Undefined: the user that the configuration or this machine names. */
  readonly userId?: string | undefined;
  /** The token by which a person accepts less strict rules. */
  readonly token?: string | undefined;
}

/**
 * Performs a build with the roles of the configuration, until it is complete, waits, or is interrupted.
 *
 * @param choose finds or starts the build.
 * @throws BatonError for every problem before the build starts, or outside its roles.
 */
export async function performChosen(
  options: PerformOptions,
  kept: Kept,
  choose: (choosing: Choosing) => Promise<ChosenBuild>,
): Promise<BuildResult> {
  const { observer = {}, showsTokens = false } = options;
  const { server } = kept;
  const caller = callerOf(options);
  const workspace = resolve(caller.cwd, options.workspace ?? '.');
  const prepared = await prepareBuild(
    {
      ...{ workspace, config: options.config, cassettes: cassettesOf(kept), observer },
      roles: options.roles ?? [],
    },
    caller,
  );
  const { repository, config } = prepared;
  const state = await openState({ repository, config, server, showsTokens }, caller);
  try {
    return await performIn(state, { options, kept, choose, prepared, caller, observer });
  } finally {
    await state.close();
  }
}

interface Parts {
  readonly options: PerformOptions;
  readonly kept: Kept;
  readonly choose: (choosing: Choosing) => Promise<ChosenBuild>;
  readonly prepared: Prepared;
  readonly caller: Caller;
  readonly observer: BuildObserver;
}

async function performIn(state: OpenedState, parts: Parts): Promise<BuildResult> {
  const { kept, choose, prepared, caller, observer } = parts;
  const { operations, approvals, verify } = state;
  const { config, repository, workspaces } = prepared;
  const usual = await chooseDefinition(config, operations);
  let demanded = await demandedBy(kept, state, prepared, usual);
  interruptedBefore(parts.options.signal);
  const chosen = await choose({ ...prepared, operations, caller, metadata: approvals.metadata });
  const { status, begun, request } = chosen;
  const { workflowId, definition } = status;
  await verify(workflowId);
  const over = hasEnded(status);
  if (!begun && !over) await holdToEarlierDemands(state, parts, workflowId);
  if (!begun) {
    // It may run by another.
    const { name, version } = definition;
    demanded = await demandedBy(kept, state, prepared, { name, version });
  }
  writeRecord(chosen, parts);
  observer.opened?.({ status, begun, repository, server: kept.server });
  await tellSurroundings({ begun, over }, parts);
  if (!over) {
    const ended = await perform(state, parts, status, demanded);
    if (ended === 'interrupted') return { kind: 'interrupted', workflowId };
    if (ended.awaiting !== undefined) {
      return { kind: 'waiting', status: ended, token: await approvals.hint(workflowId) };
    }
  }
  await verify(workflowId);
  const summary = await summarize(operations, workflowId);
  if (!summary.complete) {
    return { kind: 'error', summary, token: await approvals.hint(workflowId) };
  }
  const handedOver = await handOver(summary, request.request, workspaces, config.handOver);
  return { kind: 'complete', summary, handedOver };
}

/** What a server demands of builds by a definition; undefined where the configuration alone does. */
async function demandedBy(
  { server, replay }: Kept,
  { operations }: OpenedState,
  { config, makeRoles }: Prepared,
  definition: DefinitionRequest,
): Promise<DefinitionDescription | undefined> {
  if (server === undefined) return undefined;
  const demanded = await operations.describeDefinition(definition);
  const roles = makeRoles(() => ({}));
  checkAgainstServer(config, {
    server,
    definition: demanded,
    roles,
    replayed: replay !== undefined,
  });
  return demanded;
}

/** @throws BatonError when the configuration demands less than the build did before, and no token says it may. */
async function holdToEarlierDemands(
  { approvals }: OpenedState,
  { kept: { token }, prepared: { config, repository }, caller }: Parts,
  workflowId: string,
): Promise<void> {
  const demands = await approvals.demands(workflowId);
  if (demands === undefined) return;
  if (token !== undefined) {
    await approvals.check(workflowId, token);
    return;
  }
  const lines = commandLines(caller, repository);
  const command = lines.command(`resume ${workflowId}${lines.files} --token ${quoted('<token>')}`);
  checkAgainstDemands(
    config,
    demands,
    `write it again, begin another build with --new, or let this one go on by what is there now with its approval token: ${command}`,
  );
}

/** @throws BatonError `already_exists` for a build on a server that was begun elsewhere: its files are there. */
function writeRecord(
  { status, begun, request }: ChosenBuild,
  { kept, prepared: { records, config } }: Parts,
): void {
  const { workflowId, buildId, projectId, createdAt, revision } = status;
  const { server } = kept;
  const known = records.all().find((one) => one.workflowId === workflowId);
  const isOthers = !hasEnded(status) && !begun && known === undefined && revision > 1;
  if (server !== undefined && isOthers) throw begunElsewhere(buildId, server);
  records.write({
    ...request,
    workflowId,
    buildId,
    projectId,
    config: config.path,
    startedAt: known?.startedAt ?? createdAt,
    server,
    artifacts: artifactsUrlOf(config),
    ...cassettesOf(kept),
  });
}

async function tellSurroundings(
  { begun, over }: { readonly begun: boolean; readonly over: boolean },
  { prepared: { config, repository, sandbox }, caller, observer }: Parts,
): Promise<void> {
  observer.confined?.(sandbox.name, sandbox.found);
  const weak = over ? [] : poorlyMasked(config, caller.env);
  if (weak.length > 0) observer.poorlyMasked?.(weak);
  const uncommitted = begun ? await uncommittedFiles(repository) : [];
  if (uncommitted.length > 0) observer.uncommitted?.(uncommitted);
  const retained = await applyRetention(repository, config, caller);
  if (retained.workflowIds.length + retained.problems.length > 0) observer.pruned?.(retained);
}

type Ended = Awaited<ReturnType<typeof performBuild>> | 'interrupted';

async function perform(
  { operations, approvals }: OpenedState,
  { options, kept, prepared, observer }: Parts,
  status: ChosenBuild['status'],
  demanded: DefinitionDescription | undefined,
): Promise<Ended> {
  const { config, redact, records, journals, makeRoles, workspaces, artifacts } = prepared;
  const { workflowId } = status;
  const { signal = new AbortController().signal, people } = options;
  const mayAsk = people !== undefined && (await approvals.mayAsk(workflowId));
  try {
    return await performBuild({
      operations,
      status,
      observer,
      interrupted: signal,
      redact,
      roles: makeRoles(
        (role) => ({ [WORKFLOW_VARIABLE]: workflowId, [ROLE_VARIABLE]: role }),
        demanded,
      ),
      workspaces,
      artifacts,
      worker: `${hostname()}:${process.pid}`,
      lock: createRunLock(records.pathFor(workflowId, 'lock')),
      people: mayAsk
        ? people({
            operations: maskedOperations(operations, redact),
            person: kept.userId ?? config.user ?? userInfo().username,
          })
        : undefined,
      memory: createClaimMemory(records.pathFor(workflowId, 'claim'), workflowId, journals),
    });
  } catch (reason) {
    const { code } = BatonError.from(reason);
    if (code === 'cancelled' && signal.aborted) return 'interrupted';
    throw reason;
  }
}

function interruptedBefore(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new BatonError('cancelled', 'interrupted before a build was begun');
}

/** Its files are where it was begun: here, every checkpoint would be missing. */
function begunElsewhere(buildId: string, server: string): BatonError {
  return new BatonError(
    'already_exists',
    `build '${buildId}' on ${server} was begun from another workspace, which has its files: go on there, or begin another one with --build`,
  );
}
