import { BatonError, type Budgets, type JsonObject, type WorkflowStatus } from '@baton/core';
import type { Operations } from '../operations/operations.ts';
import { nthBuildId } from './build-id.ts';
import type { RunRecord } from './run-records.ts';

export interface WantedBuild {
  readonly request: string;
  readonly projectId: string;
  readonly userId: string;
  /** The id that the user named, or the one that request and workspace give. */
  readonly buildId: string;
  /** Whether the user named it. */
  readonly named: boolean;
  /** Begin another build when the last one of this request has ended. */
  readonly another: boolean;
  readonly metadata: JsonObject;
  readonly timeoutSeconds: number | undefined;
  readonly maxRetries: number | undefined;
  readonly budgets: Budgets;
}

export interface FoundBuild {
  readonly status: WorkflowStatus;
  /** Whether it was begun just now. */
  readonly begun: boolean;
}

/**
 * The build that a request is about: the last one of it, or a new one. Two processes that ask at
 * once get the same one.
 *
 * @param records of builds that this workspace asked for at the same place, newest first.
 * @throws BatonError `already_exists` when the named build was begun for another request.
 */
export async function findBuild(
  operations: Operations,
  wanted: WantedBuild,
  records: readonly RunRecord[],
): Promise<FoundBuild> {
  const { projectId, buildId, named, another, request } = wanted;
  const own = records.filter((one) => one.projectId === projectId);
  if (named) {
    const known = own.find((one) => one.buildId === buildId);
    if (known !== undefined && known.request !== request) throw otherRequest(known);
    return begin(operations, wanted, buildId);
  }
  const before = own.filter((one) => one.derivedFrom === buildId);
  const [last] = before;
  const found = last && (await statusOf(operations, last.workflowId));
  if (found !== undefined && !(another && hasEnded(found))) return { status: found, begun: false };
  for (let n = found === undefined ? 1 : before.length + 1; ; n++) {
    const build = await begin(operations, wanted, nthBuildId(buildId, n));
    if (build.begun || !(another && hasEnded(build.status))) return build;
  }
}

function hasEnded({ state, completedAt }: WorkflowStatus): boolean {
  return completedAt !== undefined || state === 'error';
}

async function begin(
  operations: Operations,
  { projectId, userId, request, metadata, timeoutSeconds, maxRetries, budgets }: WantedBuild,
  buildId: string,
): Promise<FoundBuild> {
  try {
    const { workflowId } = await operations.start({
      projectId,
      buildId,
      userId,
      requirements: { request },
      metadata,
      ...(timeoutSeconds !== undefined && { timeoutSeconds }),
      ...(maxRetries !== undefined && { maxRetries }),
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
