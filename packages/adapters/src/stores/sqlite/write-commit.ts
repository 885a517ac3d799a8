import type { Commit, CommitResult, StoredReply } from '@baton/core';
import { eventValues, handoffValues, toReply } from '../relational/record-row.ts';
import {
  changingValues,
  fixedValues,
  outputColumns,
  outputValues,
  type Row,
  toSnapshot,
} from '../relational/workflow-row.ts';
import type { Statements } from './statements.ts';

/** Greater than any time: the claim is no obstacle. */
const ANY_TIME = Number.MAX_SAFE_INTEGER;

/** Writes one commit inside the transaction that the caller has begun, or says why not. */
export function writeCommit(statements: Statements, commit: Commit): CommitResult {
  const { snapshot, reply, claimExpiredBy } = commit;
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
      snapshot.revision - 1,
      claimExpiredBy ?? ANY_TIME,
    );
  if (changes === 0) {
    const row = statements.selectWorkflow.get(snapshot.id) as Row | undefined;
    return { kind: 'conflict', snapshot: row === undefined ? undefined : toSnapshot(row) };
  }
  writeRecords(statements, commit);
  return { kind: 'committed' };
}

/** Writes a new workflow inside the transaction that the caller has begun. */
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

function writeRecords(statements: Statements, { snapshot, ...commit }: Commit): void {
  for (const handoff of commit.handoffs) {
    statements.insertHandoff.run(...handoffValues(handoff));
  }
  for (const event of commit.events) statements.insertEvent.run(...eventValues(event));
  const { reply, stats } = commit;
  if (reply !== undefined) {
    const body = JSON.stringify(reply.body);
    statements.insertReply.run(snapshot.id, reply.requestId, reply.digest, body);
  }
  if (stats === undefined) return;
  statements.addStats.run(
    snapshot.projectId,
    stats.total,
    stats.completed,
    stats.failed,
    stats.completedDurationMs,
    stats.completedHandoffs,
  );
  if (stats.failurePoint !== undefined) {
    statements.addFailurePoint.run(snapshot.projectId, stats.failurePoint);
  }
}
