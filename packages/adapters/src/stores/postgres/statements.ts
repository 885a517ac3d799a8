import { createHash } from 'node:crypto';
import { MOST_COUNTED } from '@baton/core/internal';
import { USAGE_COUNTER_COLUMNS } from '../relational/usage-row.ts';
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
  usageSql,
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
  const documents = t('baton_documents');
  const replied = `LEFT JOIN ${t('workflow_replies')} r ON r.workflow_id = w.id AND r.request_id =`;
  const withReply = 'w.*, r.request_id, r.digest, r.body';
  return {
    commit: statement(commitSql(t, { stats: false, usage: false })),
    commitCounted: statement(commitSql(t, { stats: true, usage: false })),
    commitUsed: statement(commitSql(t, { stats: false, usage: true })),
    commitCountedUsed: statement(commitSql(t, { stats: true, usage: true })),
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
    selectClaimable: statement(claimableSql(workflows, projectsBehindSql(workflows))),
    selectClaimableOf: statement(claimableSql(workflows, NAMED_PROJECTS)),
    /** For each of the roles $1, what waits at the time $2 of its first $3 workflows, and how many those are. */
    selectQueues: statement(
      `SELECT q.role, count(r.not_before) AS looked, count(*) FILTER (WHERE r.waits) AS length,
         min(greatest(r.not_before, r.claim_expires_at)) FILTER (WHERE r.waits) AS since
       FROM unnest($1::text[]) AS q (role) LEFT JOIN LATERAL (
         SELECT w.not_before, w.claim_expires_at,
           w.not_before <= $2 AND (w.claim_expires_at IS NULL OR w.claim_expires_at <= $2) AS waits
         FROM ${workflows} w WHERE w.role = q.role
         ORDER BY w.project_id, w.priority DESC, w.not_before, w.id LIMIT $3
       ) r ON true GROUP BY q.role`,
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
    /**
     * Takes a permit of each of the names $1, of which there are $2, for holder $3, without regard to holder $4, at
     * the time $5 until $6. Returns the names whose permit was taken.
     */
    takePermits: statement(
      `INSERT INTO ${t('permits')} AS p (name, holders)
       SELECT name, jsonb_build_object($3::text, $6::bigint)
       FROM unnest($1::text[], $2::bigint[]) AS q (name, max) ORDER BY name COLLATE "C"
       ON CONFLICT (name) DO UPDATE SET holders = excluded.holders || coalesce((
         SELECT jsonb_object_agg(key, value) FROM jsonb_each(p.holders)
         WHERE value::bigint > $5::bigint AND key <> $3
       ), '{}')
       WHERE (p.holders ->> $3)::bigint > $5::bigint OR (
         SELECT count(*) FROM jsonb_each(p.holders)
         WHERE value::bigint > $5::bigint AND key IS DISTINCT FROM $4::text
       ) < (SELECT max FROM unnest($1::text[], $2::bigint[]) AS q (name, max) WHERE q.name = p.name)
       RETURNING name`,
    ),
    /** Gives back what holder $1 has of the names $2. */
    returnPermits: statement(
      `UPDATE ${t('permits')} p SET holders = p.holders - $1::text FROM (
         SELECT name FROM ${t('permits')} WHERE name = ANY($2::text[]) ORDER BY name FOR UPDATE
       ) q WHERE p.name = q.name RETURNING p.name`,
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
    /** Writes document $2 of collection $1 for the first time. */
    insertDocument: statement(
      `INSERT INTO ${documents} (collection, key, version, value) VALUES ($1, $2, 1, $3::json)
       ON CONFLICT DO NOTHING RETURNING version`,
    ),
    updateDocument: statement(
      `UPDATE ${documents} SET version = version + 1, value = $3::json
       WHERE collection = $1 AND key = $2 AND version = $4 RETURNING version`,
    ),
    selectDocument: statement(
      `SELECT key, version, value FROM ${documents} WHERE collection = $1 AND key = $2`,
    ),
    selectDocuments: statement(
      `SELECT key, version, value FROM ${documents}
       WHERE collection = $1 AND key > $2 AND key >= $3 AND key < $4 ORDER BY key LIMIT $5`,
    ),
    deleteDocument: statement(
      `DELETE FROM ${documents} WHERE collection = $1 AND key = $2 AND version = $3
       RETURNING version`,
    ),
    selectSequences: statement(
      `SELECT id, sequence FROM ${t('build_workflows')} WHERE id = ANY($1::text[])`,
    ),
    /** What project $1 has used from day $2 until before $3, behind role $4 and model $5: the first $6 groups. */
    selectUsage: statement(
      `SELECT role, model, ${USAGE_COUNTER_COLUMNS.map(
        (column) => `least(sum(${column}), ${MOST_COUNTED})::bigint AS ${column}`,
      ).join(', ')} FROM ${t('project_usage')}
       WHERE project_id = $1 AND day >= $2 AND day < $3
       AND ($4::text IS NULL OR (role, model) > ($4::text, $5::text))
       GROUP BY role, model ORDER BY role, model LIMIT $6`,
    ),
    /** The same by day, behind day $7 of the group. */
    selectUsageByDay: statement(
      `SELECT role, model, day, ${USAGE_COUNTER_COLUMNS.map(
        (column) => `least(sum(${column}), ${MOST_COUNTED})::bigint AS ${column}`,
      ).join(', ')} FROM ${t('project_usage')}
       WHERE project_id = $1 AND day >= $2 AND day < $3
       AND ($4::text IS NULL OR (role, model, day) > ($4::text, $5::text, $7::text))
       GROUP BY role, model, day ORDER BY role, model, day LIMIT $6`,
    ),
    /** The projects behind project $1, as many as $2: from one to the next by the index, however many rows each has. */
    selectProjects: statement(
      `WITH RECURSIVE projects (project_id, number) AS (
         SELECT (SELECT min(project_id) FROM ${t('project_stats')} WHERE project_id > $1), 1
         UNION ALL
         SELECT (SELECT min(s.project_id) FROM ${t('project_stats')} s WHERE s.project_id > p.project_id), p.number + 1
         FROM projects p WHERE p.project_id IS NOT NULL AND p.number < $2
       )
       SELECT project_id FROM projects WHERE project_id IS NOT NULL ORDER BY number`,
    ),
    /** Those of the projects $1 that there are, as many as $2. */
    selectProjectsOf: statement(
      `SELECT DISTINCT project_id FROM ${t('project_stats')} WHERE project_id = ANY($1::text[])
       ORDER BY project_id LIMIT $2`,
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

const OF_ROLES = 'unnest($1::text[]) AS q (role) CROSS JOIN LATERAL';
const READY = `w.role = q.role AND w.not_before <= $2
    AND (w.claim_expires_at IS NULL OR w.claim_expires_at <= $2)`;

/** The projects with work behind project $4, as many as $3. From one to the next by the index, however much each has. */
function projectsBehindSql(workflows: string): string {
  const behind = (project: string): string =>
    `(SELECT min(r.project_id) FROM ${OF_ROLES} (
      SELECT w.project_id FROM ${workflows} w WHERE ${READY} AND w.project_id > ${project}
      ORDER BY w.project_id LIMIT 1
    ) r)`;
  return `
  SELECT ${behind('$4::text')}, 1
  UNION ALL
  SELECT ${behind('p.project_id')}, p.number + 1 FROM projects p
  WHERE p.project_id IS NOT NULL AND p.number < $3`;
}

const NAMED_PROJECTS = 'SELECT project_id, 1 FROM unnest($4::text[]) AS n (project_id)';

/** Work for the roles $1 at the time $2 by project: of each of the projects the first $5, of all the first $3. */
function claimableSql(workflows: string, projects: string): string {
  const urgency = 'priority DESC, not_before, id';
  return `
WITH RECURSIVE projects (project_id, number) AS (${projects}
),
first AS MATERIALIZED (
  SELECT f.* FROM projects p CROSS JOIN LATERAL (
    SELECT r.* FROM ${OF_ROLES} (
      SELECT w.project_id, w.priority, w.not_before, w.id FROM ${workflows} w
      WHERE ${READY} AND w.project_id = p.project_id ORDER BY ${urgency} LIMIT $5
    ) r ORDER BY ${urgency} LIMIT $5
  ) f ORDER BY project_id, ${urgency} LIMIT $3
)
SELECT w.* FROM first f CROSS JOIN LATERAL (SELECT * FROM ${workflows} WHERE id = f.id LIMIT 1) w
ORDER BY w.project_id, w.priority DESC, w.not_before, w.id`;
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
)${usageSql(t, failures + FAILURE_COLUMNS.length)}
SELECT id FROM written`;
}
