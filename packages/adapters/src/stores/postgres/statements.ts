import { createHash } from 'node:crypto';
import { CHANGING_COLUMNS, FIXED_COLUMNS, OUTPUT_COLUMNS } from '../relational/workflow-row.ts';
import {
  COUNTERS,
  EVENT_COLUMNS,
  FAILURE_COLUMNS,
  HANDOFF_COLUMNS,
  REPLY_COLUMNS,
  RESTORE_COLUMNS,
  tableNames,
} from './columns.ts';
import {
  addCountersSql,
  addFailuresSql,
  commitSql,
  createSql,
  insertSql,
  list,
  recordset,
} from './commit-sql.ts';
import type { TableNames } from './migrations.ts';

export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** The statements that a connection prepares once. */
export function createStatements(schema: string | undefined) {
  const t = tableNames(schema);
  const workflows = t('build_workflows');
  const replied = `LEFT JOIN ${t('workflow_replies')} r ON r.workflow_id = w.id AND r.request_id =`;
  const withReply = 'w.*, r.request_id, r.digest, r.body';
  return {
    commit: statement(commitSql(t, false)),
    commitCounted: statement(commitSql(t, true)),
    create: statement(createSql(t)),
    restore: statement(restoreSql(t)),
    /** The stored workflows $1, with their replies to the requests $2. */
    selectCurrent: statement(
      `SELECT ${withReply} FROM unnest($1::text[], $2::text[]) AS q (id, request_id)
       JOIN ${workflows} w ON w.id = q.id ${replied} q.request_id`,
    ),
    selectWorkflow: statement(
      `SELECT ${withReply} FROM ${workflows} w ${replied} $2::text WHERE w.id = $1`,
    ),
    /** The workflow with the id $1 or, if there is none, with the build id $3 in project $2. */
    selectTaken: statement(
      `SELECT ${withReply} FROM ${workflows} w ${replied} $4::text
       WHERE w.id = $1 OR (w.project_id = $2 AND w.build_id = $3) ORDER BY w.id = $1 DESC LIMIT 1`,
    ),
    renewClaim: statement(
      `UPDATE ${workflows} SET claim_expires_at = $1 WHERE id = $2 AND claim_token = $3
       RETURNING id`,
    ),
    /**
     * The workflows that have waited longest for each role: a role with many does not slow down the others.
     */
    selectClaimable: statement(
      `SELECT w.* FROM unnest($1::text[]) AS q (role) CROSS JOIN LATERAL (
         SELECT * FROM ${workflows} w WHERE w.role = q.role AND w.not_before <= $2
         AND (w.claim_expires_at IS NULL OR w.claim_expires_at <= $2)
         ORDER BY w.not_before, w.id LIMIT $3
       ) w ORDER BY w.not_before, w.id LIMIT $3`,
    ),
    selectOverdue: statement(
      `SELECT * FROM ${workflows} WHERE times_out_at <= $1
       AND (claim_expires_at IS NULL OR claim_expires_at <= $1) ORDER BY times_out_at, id LIMIT $2`,
    ),
    /** Takes the lease $1 for holder $2 and $3 milliseconds, if it is free or already the holder's. */
    takeLease: statement(
      `INSERT INTO ${t('leases')} AS l
       VALUES ($1, $2, clock_timestamp() + $3::bigint * interval '1 millisecond')
       ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
       WHERE l.holder = excluded.holder OR l.expires_at <= clock_timestamp() RETURNING name`,
    ),
    now: statement('SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now'),
    selectHandoffs: statement(
      `SELECT * FROM ${t('workflow_handoffs')} WHERE workflow_id = $1 AND number > $2
       ORDER BY number LIMIT $3`,
    ),
    selectEvents: statement(
      `SELECT * FROM ${t('workflow_events')} WHERE workflow_id = $1 AND sequence > $2
       ORDER BY sequence LIMIT $3`,
    ),
    selectReplies: statement(
      `SELECT * FROM ${t('workflow_replies')} WHERE workflow_id = $1 AND request_id > $2
       ORDER BY request_id LIMIT $3`,
    ),
    selectSequences: statement(
      `SELECT id, sequence FROM ${t('build_workflows')} WHERE id = ANY($1::text[])`,
    ),
    selectStats: statement(
      `SELECT ${COUNTERS.map((counter) => `sum(${counter})::bigint AS ${counter}`).join(', ')}, (
         SELECT jsonb_object_agg(p.state, p.failures) FROM (
           SELECT state, sum(failures) AS failures FROM ${t('project_failure_points')}
           WHERE project_id = $1 GROUP BY state
         ) p
       ) AS failure_points FROM ${t('project_stats')} WHERE project_id = $1`,
    ),
  };
}

export type Statements = ReturnType<typeof createStatements>;

/** Named by the hash of its text, because stores of other schemas and versions may share the connection. */
function statement(text: string): Statement {
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 16);
  return { name: `baton_${digest}`, text };
}

/**
 * Writes a whole workflow with one statement, which returns its id, or no row when its id or build id is
 * taken. Parameters: the workflow, its handoffs, events, replies, failures by state.
 */
function restoreSql(t: TableNames): string {
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
