import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { MOST_COUNTED } from '@baton/core/internal';
import { USAGE_COUNTER_COLUMNS } from '../relational/usage-row.ts';
import { CHANGING_COLUMNS, FIXED_COLUMNS, OUTPUT_COLUMNS } from '../relational/workflow-row.ts';

/** A workflow begins without outputs. */
const FIRST_COLUMNS = [...FIXED_COLUMNS, ...CHANGING_COLUMNS];
const ALL_COLUMNS = [...FIRST_COLUMNS, ...OUTPUT_COLUMNS];
const USAGE_COLUMNS = ['project_id', 'day', 'role', 'model', ...USAGE_COUNTER_COLUMNS];
const marks = (columns: readonly unknown[]): string => columns.map(() => '?').join(', ');

/** The statements, each prepared once. */
export function prepareStatements(database: DatabaseSync) {
  const updates = new Map<string, StatementSync>();

  return {
    begin: database.prepare('BEGIN IMMEDIATE'),
    commit: database.prepare('COMMIT'),
    rollback: database.prepare('ROLLBACK'),

    insertWorkflow: database.prepare(
      `INSERT INTO build_workflows (${FIRST_COLUMNS.join(', ')}) VALUES (${marks(FIRST_COLUMNS)})`,
    ),
    insertWholeWorkflow: database.prepare(
      `INSERT INTO build_workflows (${ALL_COLUMNS.join(', ')}) VALUES (${marks(ALL_COLUMNS)})`,
    ),
    /**
     * Sets what changes with every commit, then `outputColumns`; the last four parameters are id, expected
     * revision, the commit that made it, and the bound of the claim's expiry.
     */
    updateWorkflow(outputColumns: readonly string[]): StatementSync {
      const key = outputColumns.join();
      const known = updates.get(key);
      if (known !== undefined) return known;
      const columns = [...CHANGING_COLUMNS, ...outputColumns];
      const made = database.prepare(
        `UPDATE build_workflows SET ${columns.map((column) => `${column} = ?`).join(', ')}
         WHERE id = ? AND revision = ? AND commit_id IS ?
         AND (claim_expires_at IS NULL OR claim_expires_at <= ?)`,
      );
      updates.set(key, made);
      return made;
    },
    insertHandoff: database.prepare(
      `INSERT INTO workflow_handoffs
       (workflow_id, number, from_role, to_role, from_state, to_state, data_transferred, timestamp)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    insertEvent: database.prepare(
      `INSERT INTO workflow_events
       (workflow_id, sequence, event_type, triggered_by, event_data, timestamp, revision, epoch)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    insertReply: database.prepare(
      'INSERT INTO workflow_replies (workflow_id, request_id, digest, body) VALUES (?, ?, ?, ?)',
    ),
    addStats: database.prepare(
      `INSERT INTO project_stats (project_id, total, completed, failed, cancelled, completed_duration_ms,
       completed_handoffs) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (project_id) DO UPDATE SET
       total = total + excluded.total, completed = completed + excluded.completed,
       failed = failed + excluded.failed, cancelled = cancelled + excluded.cancelled,
       completed_duration_ms = completed_duration_ms + excluded.completed_duration_ms,
       completed_handoffs = completed_handoffs + excluded.completed_handoffs`,
    ),
    addFailures: database.prepare(
      `INSERT INTO project_failure_points VALUES (?, ?, ?)
       ON CONFLICT (project_id, state) DO UPDATE SET failures = failures + excluded.failures`,
    ),
    addUsage: database.prepare(
      `INSERT INTO project_usage (${USAGE_COLUMNS.join(', ')}) VALUES (${marks(USAGE_COLUMNS)})
       ON CONFLICT (project_id, day, role, model) DO UPDATE SET ${USAGE_COUNTER_COLUMNS.map(
         (column) => `${column} = min(${column} + excluded.${column}, ${MOST_COUNTED})`,
       ).join(', ')}`,
    ),
    renewClaim: database.prepare(
      'UPDATE build_workflows SET claim_expires_at = ? WHERE id = ? AND claim_token = ?',
    ),

    selectOverdue: database.prepare(
      `SELECT * FROM build_workflows WHERE times_out_at <= ?
       AND (claim_expires_at IS NULL OR claim_expires_at <= ?) ORDER BY times_out_at, id LIMIT ?`,
    ),
    /** Takes the lease if it is free or already the holder's. */
    takeLease: database.prepare(
      `INSERT INTO leases VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE
       SET holder = excluded.holder, expires_at = excluded.expires_at
       WHERE holder = excluded.holder OR expires_at <= ?`,
    ),
    /** The first project behind the given one that has work for a role. */
    selectReadyProject: database.prepare(
      `SELECT project_id FROM build_workflows WHERE role = ? AND project_id > ? AND not_before <= ?
       AND (claim_expires_at IS NULL OR claim_expires_at <= ?) ORDER BY project_id LIMIT 1`,
    ),
    selectReady: database.prepare(
      `SELECT * FROM build_workflows WHERE role = ? AND project_id = ? AND not_before <= ?
       AND (claim_expires_at IS NULL OR claim_expires_at <= ?)
       ORDER BY priority DESC, not_before, id LIMIT ?`,
    ),
    /** What waits of the first workflows of a role, and how many were looked at. */
    selectQueue: database.prepare(
      `SELECT count(*) AS looked, sum(waits) AS length, min(CASE WHEN waits THEN since END) AS since FROM (
         SELECT max(not_before, coalesce(claim_expires_at, 0)) AS since,
           not_before <= :now AND coalesce(claim_expires_at, 0) <= :now AS waits
         FROM build_workflows WHERE role = :role
         ORDER BY project_id, priority DESC, not_before, id LIMIT :limit
       )`,
    ),
    /** How many have a permit, without the first of two holders, and whether the second has one. */
    countPermits: database.prepare(
      `SELECT sum(holder IS NOT ?) AS held, max(holder = ?) AS has FROM permits
       WHERE name = ? AND expires_at > ?`,
    ),
    endPermits: database.prepare('DELETE FROM permits WHERE name = ? AND expires_at <= ?'),
    takePermit: database.prepare(
      `INSERT INTO permits VALUES (?, ?, ?)
       ON CONFLICT (name, holder) DO UPDATE SET expires_at = excluded.expires_at`,
    ),
    returnPermit: database.prepare('DELETE FROM permits WHERE name = ? AND holder = ?'),

    selectWorkflow: database.prepare('SELECT * FROM build_workflows WHERE id = ?'),
    /** A workflow with one of its replies, read together. */
    selectReplied: database.prepare(
      `SELECT w.*, r.request_id, r.digest, r.body FROM build_workflows w
       LEFT JOIN workflow_replies r ON r.workflow_id = w.id AND r.request_id = ? WHERE w.id = ?`,
    ),
    selectBuild: database.prepare(
      'SELECT * FROM build_workflows WHERE project_id = ? AND build_id = ?',
    ),
    selectReply: database.prepare(
      'SELECT request_id, digest, body FROM workflow_replies WHERE workflow_id = ? AND request_id = ?',
    ),
    selectReplies: database.prepare(
      `SELECT request_id, digest, body FROM workflow_replies
       WHERE workflow_id = ? AND request_id > ? ORDER BY request_id LIMIT ?`,
    ),
    selectHandoffs: database.prepare(
      'SELECT * FROM workflow_handoffs WHERE workflow_id = ? AND number > ? ORDER BY number LIMIT ?',
    ),
    selectEvents: database.prepare(
      'SELECT * FROM workflow_events WHERE workflow_id = ? AND sequence > ? ORDER BY sequence LIMIT ?',
    ),
    selectSequences: database.prepare(
      'SELECT id, sequence FROM build_workflows WHERE id IN (SELECT value FROM json_each(?))',
    ),
    selectProjects: database.prepare(
      'SELECT project_id FROM project_stats WHERE project_id > ? ORDER BY project_id LIMIT ?',
    ),
    selectProjectsOf: database.prepare(
      `SELECT project_id FROM project_stats WHERE project_id IN (SELECT value FROM json_each(?))
       AND project_id > ? ORDER BY project_id LIMIT ?`,
    ),
    selectStats: database.prepare('SELECT * FROM project_stats WHERE project_id = ?'),
    /** Sums of floating point do not overflow, and are exact as far as is counted. */
    selectUsage: database.prepare(
      `SELECT role, model, ${USAGE_COUNTER_COLUMNS.map(
        (column) => `CAST(min(total(${column}), ${MOST_COUNTED}) AS INTEGER) AS ${column}`,
      ).join(', ')} FROM project_usage
       WHERE project_id = ? AND day >= ? AND day < ? AND (? IS NULL OR (role, model) > (?, ?))
       GROUP BY role, model ORDER BY role, model LIMIT ?`,
    ),
    selectUsageByDay: database.prepare(
      `SELECT role, model, day, ${USAGE_COUNTER_COLUMNS.join(', ')} FROM project_usage
       WHERE project_id = ? AND day >= ? AND day < ?
       AND (? IS NULL OR (role, model, day) > (?, ?, ?)) ORDER BY role, model, day LIMIT ?`,
    ),
    selectFailurePoints: database.prepare(
      'SELECT state, failures FROM project_failure_points WHERE project_id = ?',
    ),
  };
}

export type Statements = ReturnType<typeof prepareStatements>;
