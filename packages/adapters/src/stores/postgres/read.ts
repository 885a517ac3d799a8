import {
  type ClaimableQuery,
  type Handoff,
  type LoadedWorkflow,
  NO_STATS,
  type NumberedQuery,
  type OverdueQuery,
  type ProjectsQuery,
  type Queue,
  type QueueQuery,
  type ReplyQuery,
  type StatsCounters,
  type StoredReply,
  type UsageQuery,
  type UsageSum,
  type WorkflowEvent,
  type WorkflowNames,
  type WorkflowQuery,
  type WorkflowSnapshot,
} from '@baton/core';
import { namesAfter } from '@baton/core/internal';
import { toEvent, toHandoff, toReply } from '../relational/record-row.ts';
import { toUsageSum } from '../relational/usage-row.ts';
import { parseJson, type Row, toNames, toSnapshot } from '../relational/workflow-row.ts';
import { readable, type SkipUnreadable } from '../skip-unreadable.ts';
import { listSql } from './list-sql.ts';
import type { RunStatement } from './run-statement.ts';
import type { Statements } from './statements.ts';

/**
 * The queries. An unreadable handoff, event or reply fails its whole page with `data_loss`, which names it. An
 * unreadable workflow is left out of lists.
 */

export async function readWorkflow(
  run: RunStatement,
  statements: Statements,
  workflowId: string,
  requestId: string | undefined,
): Promise<LoadedWorkflow | undefined> {
  const [row] = await run(statements.selectWorkflow, [workflowId, requestId ?? null]);
  if (row === undefined) return undefined;
  const reply = row['request_id'] === null ? undefined : toReply(row, workflowId);
  return { snapshot: toSnapshot(row), reply };
}

export async function readClaimable(
  run: RunStatement,
  statements: Statements,
  { roles, now, projectIds, afterProject = '', perProject, limit }: ClaimableQuery,
  skipUnreadable: SkipUnreadable,
): Promise<readonly WorkflowSnapshot[]> {
  const most = Math.min(perProject ?? limit, limit);
  const named = projectIds && namesAfter(projectIds, afterProject);
  const rows = await run(
    named === undefined ? statements.selectClaimable : statements.selectClaimableOf,
    [[...new Set(roles)], now, limit, named ?? afterProject, most],
  );
  return readable(rows, toSnapshot, skipUnreadable);
}

export async function readQueues(
  run: RunStatement,
  statements: Statements,
  { roles, now, limit }: QueueQuery,
): Promise<readonly Queue[]> {
  const rows = await run(statements.selectQueues, [[...new Set(roles)], now, limit]);
  const byRole = new Map(rows.map((row) => [row['role'] as string, row]));
  return roles.map((role) => {
    const row = byRole.get(role) as Row;
    return {
      role,
      length: Number(row['length']),
      waitingSince: row['since'] === null ? undefined : Number(row['since']),
      isCut: Number(row['looked']) === limit,
    };
  });
}

export async function readOverdue(
  run: RunStatement,
  statements: Statements,
  { now, limit }: OverdueQuery,
  skipUnreadable: SkipUnreadable,
): Promise<readonly WorkflowSnapshot[]> {
  return readable(await run(statements.selectOverdue, [now, limit]), toSnapshot, skipUnreadable);
}

/** Milliseconds since the Unix epoch by the server's clock. */
export async function readNow(run: RunStatement, statements: Statements): Promise<number> {
  const [row] = await run(statements.now, []);
  return row?.['now'] as number;
}

export async function readWorkflows(
  run: RunStatement,
  workflows: string,
  query: WorkflowQuery,
  skipUnreadable: SkipUnreadable,
): Promise<readonly WorkflowSnapshot[]> {
  const { limit } = query;
  const found: WorkflowSnapshot[] = [];
  for (let { after } = query; ; ) {
    const rows = await selectWorkflows(run, workflows, { ...query, after });
    found.push(...readable(rows, toSnapshot, skipUnreadable));
    const last = rows.at(-1);
    // Read on behind what was left out: a short page would look like the last one.
    if (last === undefined || rows.length < limit || found.length >= limit) {
      return found.slice(0, limit);
    }
    after = { createdAt: Number(last['created_at']), id: last['id'] as string };
  }
}

/** Not prepared by name: each of the many forms needs a plan for its values. */
async function selectWorkflows(
  run: RunStatement,
  workflows: string,
  query: WorkflowQuery,
): Promise<readonly Row[]> {
  const { text, values } = listSql('*', workflows, query);
  return run({ text }, values);
}

export async function readNames(
  run: RunStatement,
  workflows: string,
  query: WorkflowQuery,
): Promise<readonly WorkflowNames[]> {
  const { text, values } = listSql('id, created_at, build_id, user_id', workflows, query);
  return (await run({ text }, values)).map(toNames);
}

export async function readHandoffs(
  run: RunStatement,
  statements: Statements,
  { workflowId, after, limit }: NumberedQuery,
): Promise<readonly Handoff[]> {
  return (await run(statements.selectHandoffs, [workflowId, after, limit])).map(toHandoff);
}

export async function readEvents(
  run: RunStatement,
  statements: Statements,
  { workflowId, after, limit }: NumberedQuery,
): Promise<readonly WorkflowEvent[]> {
  return (await run(statements.selectEvents, [workflowId, after, limit])).map(toEvent);
}

export async function readReplies(
  run: RunStatement,
  statements: Statements,
  { workflowId, after, limit }: ReplyQuery,
): Promise<readonly StoredReply[]> {
  const rows = await run(statements.selectReplies, [workflowId, after, limit]);
  return rows.map((row) => toReply(row, workflowId));
}

export async function readSequences(
  run: RunStatement,
  statements: Statements,
  workflowIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await run(statements.selectSequences, [workflowIds]);
  return new Map(rows.map((row) => [row['id'] as string, row['sequence'] as number]));
}

export async function readUsage(
  run: RunStatement,
  statements: Statements,
  { projectId, from, to, byDay, after, limit }: UsageQuery,
): Promise<readonly UsageSum[]> {
  const { role = null, model = null, day = '' } = after ?? {};
  const values = [projectId, from, to, role, model, limit];
  const rows = byDay
    ? await run(statements.selectUsageByDay, [...values, day])
    : await run(statements.selectUsage, values);
  return rows.map(toUsageSum);
}

export async function readProjects(
  run: RunStatement,
  statements: Statements,
  { after, projectIds, limit }: ProjectsQuery,
): Promise<readonly string[]> {
  const rows =
    projectIds === undefined
      ? await run(statements.selectProjects, [after, limit])
      : await run(statements.selectProjectsOf, [namesAfter(projectIds, after), limit]);
  return rows.map((row) => row['project_id'] as string);
}

export async function readStats(
  run: RunStatement,
  statements: Statements,
  projectId: string,
): Promise<StatsCounters> {
  const [row] = await run(statements.selectStats, [projectId]);
  if (row === undefined || row['total'] === null) return NO_STATS;
  return {
    total: row['total'] as number,
    completed: row['completed'] as number,
    failed: row['failed'] as number,
    cancelled: row['cancelled'] as number,
    completedDurationMs: row['completed_duration_ms'] as number,
    completedHandoffs: row['completed_handoffs'] as number,
    failurePoints:
      row['failure_points'] === null
        ? {}
        : parseJson(row['failure_points'], 'project_failure_points', projectId, 'failures'),
  };
}
