import { z } from 'zod';
import { byCreation } from '../memory/order.ts';
import { type DefinitionDescription, describeDefinition } from '../model/describe-definition.ts';
import { BatonError } from '../model/errors.ts';
import { deepFreeze } from '../model/json.ts';
import {
  type DefinitionRequest,
  definitionRequest,
  id,
  type ListRequest,
  listRequest,
  type PageRequest,
  type ProjectRequest,
  pageRequest,
  projectRequest,
  uint32,
  type WorkflowRequest,
  workflowRequest,
} from '../model/requests.ts';
import { lostRecords, refuseGaps } from '../model/trail.ts';
import type { HistoryPage, ProjectStats, WorkflowPage, WorkflowStatus } from '../model/views.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';
import type { WorkflowQuery } from '../ports/workflow-store.ts';
import type { OrchestratorContext } from './context.ts';
import { load } from './load.ts';
import { decodePageToken, encodePageToken } from './page-token.ts';
import { toStatus, toSummary } from './to-status.ts';
import { validate } from './validate.ts';

/**
 * The operations that look. They read the store, never the cache, and change nothing: a workflow whose
 * time is over is in `error` once the sweep has moved it.
 */

const handoffPosition = z.strictObject({ number: uint32.min(1) });
const workflowPosition = z.strictObject({ createdAt: z.int().nonnegative(), id });

export async function status(
  context: OrchestratorContext,
  request: WorkflowRequest,
): Promise<WorkflowStatus> {
  const { workflowId } = validate(workflowRequest, request, 'the status request');
  const { snapshot } = await load(context, workflowId);
  return toStatus(context.definitions.known(snapshot), snapshot, context.options.clock.now());
}

export async function history(
  context: OrchestratorContext,
  request: PageRequest,
): Promise<HistoryPage> {
  const { workflowId, pageSize, pageToken } = validate(pageRequest, request, 'the history request');
  const query = { list: 'history', workflowId };
  const { number: after } =
    pageToken === undefined ? { number: 0 } : decodePageToken(pageToken, query, handoffPosition);
  const handoffs = await context.store.readHandoffs({ workflowId, after, limit: pageSize + 1 });
  refuseGaps(
    workflowId,
    'handoffs',
    after,
    handoffs.map(({ number }) => number),
  );
  if (handoffs.length === 0) {
    const { snapshot } = await load(context, workflowId);
    // A page before this one was told that there were more; or the caller made the token up.
    if (after < snapshot.handoffs) {
      const problem = `handoffs: found none after ${after}, expected ${snapshot.handoffs}`;
      throw lostRecords(workflowId, problem);
    }
    if (after > 0) throw noPage(snapshot.handoffs, after);
  }
  const page = handoffs.slice(0, pageSize);
  const last = page.at(-1);
  const more = handoffs.length > pageSize && last !== undefined;
  return {
    handoffs: page,
    nextPageToken: more ? encodePageToken(query, { number: last.number }) : undefined,
  };
}

function noPage(handoffs: number, after: number): BatonError {
  const description = `there is no page after handoff ${after} among ${handoffs}: either there never was, or the store has lost what it had; leave it out for the first page`;
  return new BatonError('invalid_input', `pageToken: ${description}`, {
    violations: [{ field: 'pageToken', description }],
  });
}

/** Workflows that are held at once: each comes with its payloads, of which a status has none. */
const LIST_PORTION = 25;

export async function list(
  context: OrchestratorContext,
  request: ListRequest,
): Promise<WorkflowPage> {
  const { pageSize, pageToken, projectId, projectIds, state, role } = validate(
    listRequest,
    request,
    'the list request',
  );
  refuseUnknown('state', state, context.definitions.states);
  refuseUnknown('role', role, context.definitions.roles);
  const now = context.options.clock.now();
  const found: WorkflowStatus[] = [];
  const projects = projectsOf(projectId, projectIds);
  const query = {
    list: 'workflows',
    projectId,
    projectIds: projectIds && JSON.stringify([...projectIds].sort()),
    state,
    role,
  };
  let after =
    pageToken === undefined ? undefined : decodePageToken(pageToken, query, workflowPosition);
  for (let more = true; more && found.length <= pageSize; ) {
    const limit = Math.min(LIST_PORTION, pageSize + 1 - found.length);
    const portion = await listOf(context, projects, { limit, state, role, after });
    found.push(
      ...portion.map((one) =>
        toSummary(toStatus(context.definitions.known(one), deepFreeze(one), now)),
      ),
    );
    const last = portion.at(-1);
    after = last && { createdAt: last.createdAt, id: last.id };
    more = portion.length === limit;
  }
  const page = found.slice(0, pageSize);
  const last = page.at(-1);
  const more = found.length > pageSize && last !== undefined;
  return {
    workflows: page,
    nextPageToken: more
      ? encodePageToken(query, { createdAt: last.createdAt, id: last.workflowId })
      : undefined,
  };
}

/** The projects to list; undefined: all. */
function projectsOf(
  projectId: string | undefined,
  projectIds: readonly string[] | undefined,
): readonly string[] | undefined {
  if (projectId === undefined) return projectIds && [...new Set(projectIds)];
  return projectIds?.includes(projectId) === false ? [] : [projectId];
}

/** The first workflows of these projects together. */
async function listOf(
  { store }: OrchestratorContext,
  projects: readonly string[] | undefined,
  query: WorkflowQuery,
): Promise<readonly WorkflowSnapshot[]> {
  if (projects === undefined) return store.listWorkflows(query);
  const lists: WorkflowSnapshot[] = [];
  for (const projectId of projects) {
    lists.push(...(await store.listWorkflows({ ...query, projectId })));
  }
  return lists.sort(byCreation).slice(0, query.limit);
}

/** A filter that nothing can pass is a slip of the pen: an empty list would hide it. */
function refuseUnknown(
  field: 'state' | 'role',
  found: string | undefined,
  known: ReadonlySet<string>,
): void {
  if (found === undefined || known.has(found)) return;
  const legal = [...known];
  const description = `unknown ${field} '${found}'; ${field}s: ${legal.join(', ')}`;
  throw new BatonError('invalid_input', description, {
    violations: [{ field, description }],
    legal,
  });
}

export async function projectStats(
  context: OrchestratorContext,
  request: ProjectRequest,
): Promise<ProjectStats> {
  const { projectId } = validate(projectRequest, request, 'the stats request');
  const counters = await context.store.readStats(projectId);
  const { total, completed, failed, completedDurationMs, completedHandoffs } = counters;
  const ended = completed + failed;
  return {
    projectId,
    total,
    completed,
    inProgress: total - ended,
    failed,
    averageDurationMs: completed === 0 ? undefined : completedDurationMs / completed,
    successRate: ended === 0 ? undefined : completed / ended,
    mostCommonFailurePoint: mostCommon(counters.failurePoints),
    averageHandoffs: completed === 0 ? undefined : completedHandoffs / completed,
  };
}

export function describe(
  context: OrchestratorContext,
  request: DefinitionRequest,
): DefinitionDescription {
  const { name, version } = validate(definitionRequest, request, 'the definition request');
  return describeDefinition(context.definitions.find(name, version));
}

/** The key with the highest count; among equals, the first by name. */
function mostCommon(counts: Readonly<Record<string, number>>): string | undefined {
  return Object.entries(counts).sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))[0]?.[0];
}
