import { CHANGING_COLUMNS, FIXED_COLUMNS, OUTPUT_COLUMNS } from '../relational/workflow-row.ts';
import {
  EVENT_COLUMNS,
  FAILURE_COLUMNS,
  HANDOFF_COLUMNS,
  REPLY_COLUMNS,
  RESTORE_COLUMNS,
} from './columns.ts';
import { addCountersSql, addFailuresSql, insertSql, list, recordset } from './insert-sql.ts';
import type { TableNames } from './migrations.ts';

/**
 * Writes a whole workflow with one statement, which returns its id, or no row when its id or build id is
 * taken. Parameters: the workflow, its handoffs, events, replies, failures by state.
 */
export function restoreSql(t: TableNames): string {
  const columns = list([...FIXED_COLUMNS, ...CHANGING_COLUMNS, ...OUTPUT_COLUMNS]);
  const handoffs = RESTORE_COLUMNS.length + 1;
  const events = handoffs + HANDOFF_COLUMNS.length;
  const replies = events + EVENT_COLUMNS.length;
  const failures = replies + REPLY_COLUMNS.length;
  const counted = 'batch c JOIN written USING (id)';
  const failed = `${counted} CROSS JOIN ${recordset(FAILURE_COLUMNS, failures, 'f')}`;
  return `
WITH batch AS MATERIALIZED (SELECT * FROM ${recordset(RESTORE_COLUMNS, 1)}),
written AS (
  INSERT INTO ${t('build_workflows')} (${columns}) SELECT ${columns} FROM batch
  ON CONFLICT DO NOTHING RETURNING id
),
handoffs AS (
  ${insertSql(t('workflow_handoffs'), HANDOFF_COLUMNS, handoffs)}
),
events AS (
  ${insertSql(t('workflow_events'), EVENT_COLUMNS, events)}
),
replies AS (
  ${insertSql(t('workflow_replies'), REPLY_COLUMNS, replies)}
),
stats AS (
  ${addCountersSql(t, counted)}
),
failure_points AS (
  ${addFailuresSql(t, 'f.state', 'sum(f.failures)', failed)}
)
SELECT id FROM written`;
}
