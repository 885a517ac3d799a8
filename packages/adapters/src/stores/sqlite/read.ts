import type { DatabaseSync } from 'node:sqlite';
import {
  type ClaimableQuery,
  type Handoff,
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
import { byCodePoint, namesAfter } from '@baton/core/internal';
import { toEvent, toHandoff, toReply } from '../relational/record-row.ts';
import { toUsageSum } from '../relational/usage-row.ts';
import { type Row, toNames, toSnapshot } from '../relational/workflow-row.ts';
import { readable, type SkipUnreadable } from '../skip-unreadable.ts';
import { listSql } from './list-sql.ts';
import type { Statements } from './statements.ts';

/**
 * The queries. An unreadable handoff, event or reply fails its whole page with `data_loss`, which names it. An
 * unreadable workflow is left out of lists.
 */

export function readClaimable(
  statements: Statements,
  { roles: given, now, projectIds, afterProject = '', perProject, limit }: ClaimableQuery,
  skipUnreadable: SkipUnreadable,
): readonly WorkflowSnapshot[] {
  const roles = [...new Set(given)];
  const found: Row[] = [];
  const projects =
    projectIds === undefined
      ? readyProjects(statements, roles, afterProject, now)
      : namesAfter(projectIds, afterProject);
  for (const ready of projects) {
    if (found.length === limit) break;
    const most = Math.min(perProject ?? limit, limit - found.length);
    const rows = roles.flatMap((role) => statements.selectReady.all(role, ready, now, now, most));
    found.push(...(rows as Row[]).sort(byUrgency).slice(0, most));
  }
  return readable(found, toSnapshot, skipUnreadable);
}

function* readyProjects(
  statements: Statements,
  roles: readonly string[],
  after: string,
  now: number,
): Generator<string, void, undefined> {
  for (let last = after; ; ) {
    const found = roles.flatMap((role) => statements.selectReadyProject.all(role, last, now, now));
    const [next] = (found as Row[]).map((row) => row['project_id'] as string).sort(byCodePoint);
    if (next === undefined) return;
    yield next;
    last = next;
  }
}

function byUrgency(a: Row, b: Row): number {
  const number = (row: Row, column: string): number => row[column] as number;
  return (
    number(b, 'priority') - number(a, 'priority') ||
    number(a, 'not_before') - number(b, 'not_before') ||
    byCodePoint(a['id'] as string, b['id'] as string)
  );
}

export function readQueues(
  statements: Statements,
  { roles, now, limit }: QueueQuery,
): readonly Queue[] {
  return roles.map((role) => {
    const { looked, length, since } = statements.selectQueue.get({ role, now, limit }) as Row;
    return {
      role,
      length: Number(length ?? 0),
      waitingSince: since === null ? undefined : Number(since),
      isCut: looked === limit,
    };
  });
}

export function readOverdue(
  statements: Statements,
  { now, limit }: OverdueQuery,
  skipUnreadable: SkipUnreadable,
): readonly WorkflowSnapshot[] {
  const rows = statements.selectOverdue.all(now, now, limit);
  return readable(rows as Row[], toSnapshot, skipUnreadable);
}

export function readWorkflows(
  database: DatabaseSync,
  query: WorkflowQuery,
  skipUnreadable: SkipUnreadable,
): readonly WorkflowSnapshot[] {
  const { limit } = query;
  const found: WorkflowSnapshot[] = [];
  for (let { after } = query; ; ) {
    const rows = selectWorkflows(database, { ...query, after });
    found.push(...readable(rows, toSnapshot, skipUnreadable));
    const last = rows.at(-1);
    // Read on behind what was left out: a short page would look like the last one.
    if (last === undefined || rows.length < limit || found.length >= limit) {
      return found.slice(0, limit);
    }
    after = { createdAt: last['created_at'] as number, id: last['id'] as string };
  }
}

function selectWorkflows(database: DatabaseSync, query: WorkflowQuery): readonly Row[] {
  const { text, values } = listSql('*', query);
  return database.prepare(text).all(...values) as Row[];
}

export function readNames(database: DatabaseSync, query: WorkflowQuery): readonly WorkflowNames[] {
  const { text, values } = listSql('id, created_at, build_id, user_id', query);
  return (database.prepare(text).all(...values) as Row[]).map(toNames);
}

export function readHandoffs(
  statements: Statements,
  { workflowId, after, limit }: NumberedQuery,
): readonly Handoff[] {
  const rows = statements.selectHandoffs.all(workflowId, after, limit) as Row[];
  return rows.map(toHandoff);
}

export function readEvents(
  statements: Statements,
  { workflowId, after, limit }: NumberedQuery,
): readonly WorkflowEvent[] {
  const rows = statements.selectEvents.all(workflowId, after, limit) as Row[];
  return rows.map(toEvent);
}

export function readReplies(
  statements: Statements,
  { workflowId, after, limit }: ReplyQuery,
): readonly StoredReply[] {
  const rows = statements.selectReplies.all(workflowId, after, limit) as Row[];
  return rows.map((row) => toReply(row, workflowId));
}

export function readSequences(
  statements: Statements,
  workflowIds: readonly string[],
): ReadonlyMap<string, number> {
  const rows = statements.selectSequences.all(JSON.stringify(workflowIds)) as Row[];
  return new Map(rows.map((row) => [row['id'] as string, row['sequence'] as number]));
}

export function readUsage(
  statements: Statements,
  { projectId, from, to, byDay, after, limit }: UsageQuery,
): readonly UsageSum[] {
  const { role = null, model = null, day = '' } = after ?? {};
  const rows = byDay
    ? statements.selectUsageByDay.all(projectId, from, to, role, role, model, day, limit)
    : statements.selectUsage.all(projectId, from, to, role, role, model, limit);
  return (rows as Row[]).map(toUsageSum);
}

export function readProjects(
  statements: Statements,
  { after, projectIds, limit }: ProjectsQuery,
): readonly string[] {
  const rows =
    projectIds === undefined
      ? statements.selectProjects.all(after, limit)
      : statements.selectProjectsOf.all(JSON.stringify(projectIds), after, limit);
  return (rows as Row[]).map((row) => row['project_id'] as string);
}

export function readStats(statements: Statements, projectId: string): StatsCounters {
  const row = statements.selectStats.get(projectId) as Row | undefined;
  if (row === undefined) return NO_STATS;
  const points = statements.selectFailurePoints.all(projectId) as Row[];
  return {
    total: row['total'] as number,
    completed: row['completed'] as number,
    failed: row['failed'] as number,
    cancelled: row['cancelled'] as number,
    completedDurationMs: row['completed_duration_ms'] as number,
    completedHandoffs: row['completed_handoffs'] as number,
    failurePoints: Object.fromEntries(points.map((p) => [p['state'], p['failures'] as number])),
  };
}
