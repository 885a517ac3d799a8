import type {
  Commit,
  CommitResult,
  StatsCounters,
  StoredReply,
  UsageDelta,
  WorkflowRecord,
} from '@baton/core';
import { eventValues, handoffValues, toReply } from '../relational/record-row.ts';
import { usageValues } from '../relational/usage-row.ts';
import {
  changingValues,
  fixedValues,
  OUTPUT_COLUMNS,
  outputColumns,
  outputValues,
  type Row,
  toSnapshot,
} from '../relational/workflow-row.ts';
import type { Statements } from './statements.ts';

/** Greater than any time, so that the claim is no obstacle. */
const ANY_TIME = Number.MAX_SAFE_INTEGER;

/** Writes one commit inside the caller's transaction, or returns why not. */
export function writeCommit(statements: Statements, commit: Commit): CommitResult {
  const { snapshot, follows, reply, claimExpiredBy } = commit;
  if (reply !== undefined) {
    const stored = readReply(statements, snapshot.id, reply.requestId);
    if (stored !== undefined) return { kind: 'duplicate', reply: stored };
  }
  const columns = outputColumns(commit.changedOutputs);
  const { changes } = statements
    .updateWorkflow(columns)
    .run(
      ...changingValues(snapshot),
      ...outputValues(snapshot, columns),
      snapshot.id,
      follows?.revision ?? null,
      follows?.commitId ?? null,
      claimExpiredBy ?? ANY_TIME,
    );
  if (changes === 0) {
    const row = statements.selectWorkflow.get(snapshot.id) as Row | undefined;
    return { kind: 'conflict', snapshot: row === undefined ? undefined : toSnapshot(row) };
  }
  writeRecords(statements, commit);
  return { kind: 'committed' };
}

/** Writes a new workflow inside the caller's transaction. */
export function writeNew(statements: Statements, commit: Commit): void {
  const { snapshot } = commit;
  statements.insertWorkflow.run(...fixedValues(snapshot), ...changingValues(snapshot));
  writeRecords(statements, commit);
}

export function readReply(
  statements: Statements,
  workflowId: string,
  requestId: string,
): StoredReply | undefined {
  const row = statements.selectReply.get(workflowId, requestId) as Row | undefined;
  return row === undefined ? undefined : toReply(row, workflowId);
}

function writeRecords(statements: Statements, commit: Commit): void {
  const { snapshot, reply, stats, usage = [] } = commit;
  insertRecords(statements, snapshot.id, {
    ...commit,
    replies: reply === undefined ? [] : [reply],
  });
  addUsage(statements, snapshot.projectId, usage);
  if (stats === undefined) return;
  const { failurePoint } = stats;
  addCounts(statements, snapshot.projectId, {
    ...stats,
    failurePoints: failurePoint === undefined ? {} : { [failurePoint]: 1 },
  });
}

type Records = Pick<WorkflowRecord, 'handoffs' | 'events' | 'replies'>;

/** Runs inside the caller's transaction. */
function insertRecords(
  statements: Statements,
  workflowId: string,
  { handoffs, events, replies }: Records,
): void {
  for (const handoff of handoffs) statements.insertHandoff.run(...handoffValues(handoff));
  for (const event of events) statements.insertEvent.run(...eventValues(event));
  for (const { requestId, digest, body } of replies) {
    statements.insertReply.run(workflowId, requestId, digest, JSON.stringify(body));
  }
}

/** Runs inside the caller's transaction. */
function addCounts(statements: Statements, projectId: string, counts: StatsCounters): void {
  statements.addStats.run(
    projectId,
    counts.total,
    counts.completed,
    counts.failed,
    counts.cancelled,
    counts.completedDurationMs,
    counts.completedHandoffs,
  );
  for (const [state, failures] of Object.entries(counts.failurePoints)) {
    statements.addFailures.run(projectId, state, failures);
  }
}

/** Runs inside the caller's transaction. */
function addUsage(statements: Statements, projectId: string, deltas: readonly UsageDelta[]): void {
  for (const delta of deltas) {
    const { day, role, model } = delta;
    statements.addUsage.run(projectId, day, role, model, ...usageValues(delta));
  }
}

/** Writes a whole workflow inside the caller's transaction. */
export function writeRestored(statements: Statements, record: WorkflowRecord): void {
  const { snapshot, stats, usage } = record;
  statements.insertWholeWorkflow.run(
    ...fixedValues(snapshot),
    ...changingValues(snapshot),
    ...outputValues(snapshot, OUTPUT_COLUMNS),
  );
  insertRecords(statements, snapshot.id, record);
  addCounts(statements, snapshot.projectId, stats);
  addUsage(statements, snapshot.projectId, usage);
}
