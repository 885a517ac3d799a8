import { z } from 'zod';
import { type DefinitionDescription, describeDefinition } from '../model/describe-definition.ts';
import { BatonError } from '../model/errors.ts';
import {
  type DefinitionRequest,
  definitionRequest,
  type PageRequest,
  type ProjectRequest,
  pageRequest,
  projectRequest,
  uint32,
  type WorkflowRequest,
  workflowRequest,
} from '../model/requests.ts';
import { lostRecords, refuseGaps } from '../model/trail.ts';
import type { HistoryPage, ProjectStats, WorkflowStatus } from '../model/views.ts';
import type { OrchestratorContext } from './context.ts';
import { load } from './load.ts';
import { decodePageToken, encodePageToken } from './page-token.ts';
import { toStatus } from './to-status.ts';
import { validate } from './validate.ts';

/**
 * The operations that look. They read the store, never the cache, and change nothing: a workflow whose
 * time is over is in `error` once the sweep has moved it.
 */

const handoffPosition = z.strictObject({ number: uint32.min(1) });

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

export async function projectStats(
  context: OrchestratorContext,
  request: ProjectRequest,
): Promise<ProjectStats> {
  const { projectId } = validate(projectRequest, request, 'the stats request');
  const counters = await context.store.readStats(projectId);
  const { total, completed, failed, cancelled, completedDurationMs, completedHandoffs } = counters;
  const ended = completed + failed;
  return {
    projectId,
    total,
    completed,
    inProgress: total - ended - cancelled,
    failed,
    cancelled,
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
