import { BatonError, type Budgets, type JsonObject, type WorkflowStatus } from '@baton/core';
import type { Operations } from '../operations/operations.ts';
import { hasEnded, nthBuildId } from './build-id.ts';
import type { RunRecord } from './run-records.ts';

export interface WantedBuild {
  readonly request: string;
  readonly projectId: string;
  readonly userId: string;
  /** The id that the user named, or an id derived from request and workspace. */
  readonly buildId: string;
  /** Whether the user named it. */
  readonly named: boolean;
  /** Whether to start another build when the last one of this request has ended. */
  readonly another: boolean;
  /** The server that keeps its state. Undefined: the workspace keeps it. */
  readonly server: string | undefined;
  readonly metadata: JsonObject;
  /** Called before a build is started. @throws BatonError when it cannot start. */
  readonly check: () => Promise<void>;
  readonly timeoutMs: number | undefined;
  readonly maxRetries: number | undefined;
  readonly budgets: Budgets;
  /** The command that goes on with a build of this workspace. */
  readonly resume: (workflowId: string) => string;
}

export interface FoundBuild {
  readonly status: WorkflowStatus;
  /** Whether it was begun just now. */
  readonly begun: boolean;
}

/**
 * Finds the last build of a request, or starts a new one. Two processes that ask at the same time get the
 * same build.
 *
 * @param records of builds that this workspace asked for, newest first.
 * @throws BatonError `already_exists` when the named build was begun for another request, or when
 * the build is in the workspace and wanted on a server, or the other way round.
 */
export async function findBuild(
  operations: Operations,
  wanted: WantedBuild,
  records: readonly RunRecord[],
): Promise<FoundBuild> {
  const { buildId, named, another, request, server } = wanted;
  const same = records.filter(
    (one) =>
      one.projectId === wanted.projectId && (named ? one.buildId : one.derivedFrom) === buildId,
  );
  const before = same.filter((one) => one.server === server);
  const [last] = before;
  // A server may have moved to another address; a workspace is no server.
  const elsewhere = same.find((one) => (one.server === undefined) !== (server === undefined));
  if (last === undefined && elsewhere !== undefined && !another) {
    throw begunElsewhere(elsewhere, wanted);
  }
  if (named) {
    if (last !== undefined && last.request !== request) throw otherRequest(last);
    return begin(operations, wanted, buildId);
  }
  const found = last && (await statusOf(operations, last.workflowId));
  if (found !== undefined && !(another && hasEnded(found))) return { status: found, begun: false };
  for (let n = found === undefined ? 1 : before.length + 1; ; n++) {
    const build = await begin(operations, wanted, nthBuildId(buildId, n));
    if (build.begun || !(another && hasEnded(build.status))) return build;
  }
}

async function begin(
  operations: Operations,
  wanted: WantedBuild,
  buildId: string,
): Promise<FoundBuild> {
  const { projectId, userId, request, metadata, timeoutMs, maxRetries, budgets } = wanted;
  await wanted.check();
  try {
    const { workflowId } = await operations.start({
      projectId,
      buildId,
      userId,
      requirements: { request },
      metadata,
      timeoutMs,
      maxRetries,
      ...(Object.keys(budgets).length > 0 && { budgets }),
    });
    return { status: await operations.status({ workflowId }), begun: true };
  } catch (reason) {
    const error = BatonError.from(reason);
    const workflowId = error.metadata['workflowId'];
    if (error.code !== 'already_exists' || workflowId === undefined) throw error;
    return { status: await operations.status({ workflowId }), begun: false };
  }
}

/** Undefined when the store does not know it: the state was thrown away, the record was not. */
async function statusOf(
  operations: Operations,
  workflowId: string,
): Promise<WorkflowStatus | undefined> {
  try {
    return await operations.status({ workflowId });
  } catch (reason) {
    const error = BatonError.from(reason);
    if (error.code === 'not_found') return undefined;
    throw error;
  }
}

function otherRequest({ buildId, request, workflowId }: RunRecord): BatonError {
  return new BatonError(
    'already_exists',
    `build '${buildId}' was begun for another request: ${JSON.stringify(request)}; name another build with --build`,
    { metadata: { workflowId } },
  );
}

/** It would be begun from the start, and paid for twice. */
function begunElsewhere(
  { buildId, workflowId, server }: RunRecord,
  { named, resume }: WantedBuild,
): BatonError {
  const where = server === undefined ? 'with its state in the workspace' : `on ${server}`;
  const way = named ? 'name another one with --build' : 'begin another one with --new';
  return new BatonError(
    'already_exists',
    `build '${buildId}' was begun ${where}: go on with it by ${resume(workflowId)}, or ${way}`,
    { metadata: { workflowId } },
  );
}
