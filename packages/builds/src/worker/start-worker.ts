import { resolve } from 'node:path';
import { BatonError } from '@baton/core';
import { type Caller, callerOf } from '../caller.ts';
import { checkAgainstServer } from '../config/check-against-server.ts';
import { chooseDefinition, otherEndingText } from '../config/definition-of.ts';
import { poorlyMasked } from '../config/poorly-masked.ts';
import type { RoleName } from '../config/role-schema.ts';
import { connectToServer } from '../operations/connect.ts';
import type { Operations } from '../operations/operations.ts';
import { applyRetention } from '../retention/apply-retention.ts';
import { type Prepared, prepareBuild } from '../run/prepare-build.ts';
import { createBuildFinisher } from './finish-builds.ts';
import type { Health, HealthServer } from './health-server.ts';
import { wantedRoles } from './wanted-roles.ts';
import type { StartedWorker, StartWorkerOptions, WorkerObserver } from './worker-options.ts';
import { createWorkerRoles } from './worker-roles.ts';

/*
 * 1. Everything that would keep it from working is refused before any work is taken.
 * 2. It closes from the outside in: no more work is taken, what is held ends, complete builds are handed over; then
 *    the connection closes, and the health routes last.
 */

/**
 * Performs roles of a configuration for the builds of a server, until it is told to stop; what `baton worker` does.
 * Builds work in git worktrees of the repository, as with {@link runBuild}. It goes on over restarts of the server.
 *
 * @throws BatonError `invalid_input` or `not_found` for a repository, a configuration or roles that cannot work, or
 * for rules that the server does not have; `unavailable` for a server that does not answer.
 * @example
 * import { startWorker } from '@baton/builds';
 * const worker = await startWorker({
 *   server: 'http://127.0.0.1:7481',
 *   workspace: '/srv/shop',
 *   roles: ['code_writer', 'test_auditor'],
 *   concurrency: { code_writer: 2, test_auditor: 1 },
 * });
 * process.once('SIGTERM', () => worker.drain(60_000));
 */
export async function startWorker(options: StartWorkerOptions): Promise<StartedWorker> {
  const { observer = {} } = options;
  const caller = callerOf(options);
  let roles: readonly RoleName[] = [];
  const prepared = await prepareBuild(
    {
      workspace: resolve(caller.cwd, options.workspace ?? '.'),
      config: options.config,
      cassettes: {},
      observer,
      roles: [],
      only(config) {
        roles = wantedRoles(config, options.roles);
        return roles;
      },
    },
    caller,
  );
  const { operations, close } = await connected(options);
  try {
    return await start({ options, caller, prepared, roles, operations, close });
  } catch (reason) {
    await close();
    throw reason;
  }
}

interface Parts {
  readonly options: StartWorkerOptions;
  readonly caller: Caller;
  readonly prepared: Prepared;
  readonly roles: readonly RoleName[];
  readonly operations: Operations;
  close(): Promise<void>;
}

async function start({
  options,
  caller,
  prepared,
  roles,
  ...parts
}: Parts): Promise<StartedWorker> {
  const { server, name, concurrency, leaseMs, telemetry, observer = {} } = options;
  const { operations } = parts;
  const { workspaces, artifacts, redact, repository, config, sandbox } = prepared;
  const finisher = createBuildFinisher(prepared, operations, observer);
  let isAway = false;
  const { createWorker } = await import('@baton/client/worker');
  const worker = createWorker({
    ...{ client: operations, name, concurrency, leaseMs, telemetry, workspaces, artifacts, redact },
    roles: createWorkerRoles({ prepared, operations, server }),
    onReport(report) {
      observer.reported?.(report);
      finisher.heard(report);
    },
    onError(error, workflowId) {
      if (workflowId !== undefined || error.code !== 'unavailable') {
        observer.troubled?.(error, workflowId);
        return;
      }
      isAway = true;
      observer.away?.(error);
    },
    onReconnect() {
      isAway = false;
      observer.back?.();
    },
  });
  await checkDemands(prepared, operations, server);
  await tellSurroundings(prepared, caller, options);
  await tellOtherEnding(prepared, { roles, operations, observer });
  const health = await healthOf(options, () =>
    worker.state === 'running' && isAway ? 'away' : worker.state,
  );
  worker.start();

  async function closing(ended: Promise<void>): Promise<void> {
    await ended;
    await finisher.settled();
    await parts.close();
    await health?.close();
  }
  let closed: Promise<void> | undefined;
  const end = (ended: Promise<void>): Promise<void> => {
    closed ??= closing(ended);
    return closed;
  };
  return {
    name: worker.name,
    get state() {
      return worker.state;
    },
    ...{ roles, repository, sandbox, config: config.path, healthPort: health?.port },
    drain: (graceMs) => end(worker.drain(graceMs)),
    stop: () => end(worker.stop()),
  };
}

async function connected({
  server,
  operations,
  env,
  telemetry,
}: StartWorkerOptions): Promise<Pick<Parts, 'operations' | 'close'>> {
  if (operations !== undefined) return { operations, close: async () => undefined };
  return connectToServer(server, env ?? process.env, telemetry);
}

async function healthOf(
  { health }: StartWorkerOptions,
  state: () => Health,
): Promise<HealthServer | undefined> {
  if (health === undefined) return undefined;
  const { startHealthServer } = await import('./health-server.ts');
  return startHealthServer(health, state);
}

/** @throws BatonError for a server that does not answer, or that demands what the roles cannot meet. */
async function checkDemands(
  { config, makeRoles }: Prepared,
  operations: Operations,
  server: string,
): Promise<void> {
  try {
    const asked = await chooseDefinition(config, operations);
    const definition = await operations.describeDefinition(asked);
    const roles = makeRoles(() => ({}));
    checkAgainstServer(config, { server, definition, roles, replayed: false });
  } catch (reason) {
    const error = BatonError.from(reason);
    // One that answers, and does not know what it is asked, says itself what to do about it.
    if (error.code !== 'unavailable' || error.metadata['unknownMethod'] !== undefined) throw error;
    const message = `no work can be taken from ${server}: ${error.message}; expected the address of a server that runs (baton serve)`;
    throw new BatonError('unavailable', message, { cause: error });
  }
}

async function tellOtherEnding(
  { config }: Pick<Prepared, 'config'>,
  {
    roles,
    operations,
    observer,
  }: Pick<Parts, 'roles' | 'operations'> & { observer: WorkerObserver },
): Promise<void> {
  if (!roles.includes('release_manager')) return;
  const usual = await operations.describeDefinition({});
  const text = otherEndingText(config, usual.name);
  if (text !== undefined) observer.otherEnding?.(text);
}

async function tellSurroundings(
  { config, repository }: Prepared,
  caller: Caller,
  { observer }: StartWorkerOptions,
): Promise<void> {
  const weak = poorlyMasked(config, caller.env);
  if (weak.length > 0) observer?.poorlyMasked?.(weak);
  const retained = await applyRetention(repository, config, caller);
  if (retained.workflowIds.length + retained.problems.length > 0) observer?.pruned?.(retained);
}
