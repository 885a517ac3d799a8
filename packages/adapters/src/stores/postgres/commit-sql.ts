import { CHANGING_COLUMNS, FIXED_COLUMNS, OUTPUT_COLUMNS } from '../relational/workflow-row.ts';
import { COMMIT_COLUMNS, CREATE_COLUMNS, EVENT_COLUMNS, HANDOFF_COLUMNS } from './columns.ts';
import { addCountersSql, addFailuresSql, insertSql, list, recordset } from './insert-sql.ts';
import type { TableNames } from './migrations.ts';

/*
 * A batch of commits as one statement: one round trip, one transaction, one fsync.
 * 1. `locked` locks the rows first, by id, and the counters' rows are locked after all of them, by
 *    project: batches that meet wait for each other and never in a circle.
 * 2. At READ COMMITTED a row that somebody else was changing is read again once it is locked, so
 *    `decided` decides on what is stored, not on what the statement saw when it began.
 * 3. Replies are read as of the beginning. One that was written meanwhile came with a revision, so
 *    the commit is not decided for; were it all the same, the primary key of the replies refuses it.
 * 4. Whatever comes with a change is written for those rows only that `written` names.
 */

/**
 * Answers with the ids of the workflows that were changed.
 *
 * @param counts whether some of the commits count; most don't, and are spared the parts that do.
 */
export function commitSql(t: TableNames, counts: boolean): string {
  const changes = CHANGING_COLUMNS.map((column) => `${column} = d.${column}`);
  const outputs = OUTPUT_COLUMNS.map(
    (column, bit) =>
      `${column} = CASE WHEN d.changed_outputs & ${1 << bit} <> 0 THEN d.${column} ELSE w.${column} END`,
  );
  return `
WITH batch AS MATERIALIZED (SELECT * FROM ${recordset(COMMIT_COLUMNS, 1)}),
locked AS MATERIALIZED (
  SELECT b.*, w.revision AS current_revision, w.commit_id AS current_commit_id,
    w.claim_expires_at AS current_claim_expires_at
  FROM batch b JOIN ${t('build_workflows')} w ON w.id = b.id
  ORDER BY w.id FOR NO KEY UPDATE OF w
),
decided AS MATERIALIZED (
  SELECT * FROM locked l WHERE current_revision = revision - 1
  AND current_commit_id IS NOT DISTINCT FROM follows
  AND (claim_expired_by IS NULL OR coalesce(current_claim_expires_at, 0) <= claim_expired_by)
  AND (request_id IS NULL OR (
    SELECT r.request_id FROM ${t('workflow_replies')} r
    WHERE r.workflow_id = l.id AND r.request_id = l.request_id
  ) IS NULL)
),
written AS (
  UPDATE ${t('build_workflows')} w SET ${[...changes, ...outputs].join(', ')}
  FROM decided d WHERE w.id = d.id RETURNING w.id
),
${companionsSql(t, 'decided', COMMIT_COLUMNS.length)}${counts ? countersSql(t, 'decided') : ''}
SELECT id FROM written`;
}

/** Answers with the id of the workflow, or with nothing when its id or build id is taken. */
export function createSql(t: TableNames): string {
  const columns = [...FIXED_COLUMNS, ...CHANGING_COLUMNS];
  return `
WITH batch AS MATERIALIZED (SELECT * FROM ${recordset(CREATE_COLUMNS, 1)}),
written AS (
  INSERT INTO ${t('build_workflows')} (${list(columns)}) SELECT ${list(columns)} FROM batch
  ON CONFLICT DO NOTHING RETURNING id
),
${companionsSql(t, 'batch', CREATE_COLUMNS.length)}${countersSql(t, 'batch')}
SELECT id FROM written`;
}

/** The inserts that come with a change: handoffs, events, reply. */
function companionsSql(t: TableNames, changes: string, parameters: number): string {
  return `handoffs AS (
  ${insertSql(t('workflow_handoffs'), HANDOFF_COLUMNS, parameters + 1)}
),
events AS (
  ${insertSql(t('workflow_events'), EVENT_COLUMNS, parameters + HANDOFF_COLUMNS.length + 1)}
),
replies AS (
  INSERT INTO ${t('workflow_replies')} (workflow_id, request_id, digest, body)
  SELECT c.id, c.request_id, c.digest, c.body FROM ${changes} c JOIN written USING (id)
  WHERE c.request_id IS NOT NULL
)`;
}

function countersSql(t: TableNames, changes: string): string {
  const counted = `${changes} c JOIN written USING (id)`;
  return `,
stats AS (
  ${addCountersSql(t, `${counted} WHERE c.total IS NOT NULL`)}
),
failure_points AS (
  ${addFailuresSql(t, 'c.failure_point', 'count(*)', `${counted} WHERE c.failure_point IS NOT NULL`)}
)`;
}
