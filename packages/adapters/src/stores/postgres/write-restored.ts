import type { CreateResult, WorkflowRecord } from '@baton/core';
import { eventValues, handoffValues } from '../relational/record-row.ts';
import {
  changingValues,
  fixedValues,
  OUTPUT_COLUMNS,
  outputValues,
  type Value,
} from '../relational/workflow-row.ts';
import {
  type Column,
  EVENT_COLUMNS,
  FAILURE_COLUMNS,
  HANDOFF_COLUMNS,
  REPLY_COLUMNS,
  RESTORE_COLUMNS,
  USAGE_COLUMNS,
} from './columns.ts';
import { arrays, checkRow, usageRows } from './records.ts';
import type { RunStatement } from './run-statement.ts';
import type { Statements } from './statements.ts';
import { findTaken } from './write-commit.ts';

/** Writes a whole workflow, or returns the existing one that has its id or build id. */
export async function writeRestored(
  run: RunStatement,
  statements: Statements,
  record: WorkflowRecord,
): Promise<CreateResult> {
  const created = await run(statements.restore, toParameters(record));
  if (created.length === 1) return { kind: 'created' };
  return findTaken(run, statements, record.snapshot, undefined);
}

/**
 * The parameters in the order of `restoreSql`.
 *
 * @throws BatonError `invalid_input`; TypeError.
 */
function toParameters(record: WorkflowRecord): Buffer[] {
  const { snapshot, handoffs, events, replies, stats, usage } = record;
  const workflow = [
    ...fixedValues(snapshot),
    ...changingValues(snapshot),
    ...outputValues(snapshot, OUTPUT_COLUMNS),
    stats.total,
    stats.completed,
    stats.failed,
    stats.cancelled,
    stats.completedDurationMs,
    stats.completedHandoffs,
  ];
  const answered = replies.map(({ requestId, digest, body }) => [
    snapshot.id,
    requestId,
    digest,
    JSON.stringify(body),
  ]);
  return [
    ...checkedArrays(RESTORE_COLUMNS, [workflow]),
    ...checkedArrays(HANDOFF_COLUMNS, handoffs.map(handoffValues)),
    ...checkedArrays(EVENT_COLUMNS, events.map(eventValues)),
    ...checkedArrays(REPLY_COLUMNS, answered),
    ...checkedArrays(FAILURE_COLUMNS, Object.entries(stats.failurePoints)),
    ...checkedArrays(USAGE_COLUMNS, usageRows(snapshot, usage)),
  ];
}

function checkedArrays(
  columns: readonly Column[],
  rows: readonly (readonly Value[])[],
): readonly Buffer[] {
  for (const row of rows) checkRow(columns, row);
  return arrays(columns, rows);
}
