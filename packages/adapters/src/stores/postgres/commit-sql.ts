import { MOST_COUNTED } from '@baton/core/internal';
import { USAGE_COUNTER_COLUMNS } from '../relational/usage-row.ts';
import { CHANGING_COLUMNS, FIXED_COLUMNS, OUTPUT_COLUMNS } from '../relational/workflow-row.ts';
import {
  COMMIT_COLUMNS,
  COUNTERS,
  type Column,
  CREATE_COLUMNS,
  EVENT_COLUMNS,
  HANDOFF_COLUMNS,
  USAGE_COLUMNS,
} from './columns.ts';
import type { TableNames } from './migrations.ts';

/*
 * Invariants of a batch of commits as one statement: one round trip, one transaction, one fsync
 * 1. `locked` locks the workflow rows first, ordered by id; the counter rows are locked after them, ordered
 *    by project. So concurrent batches wait for each other without deadlocks.
 * 2. At READ COMMITTED, a row that another transaction was changing is read again once it is locked. So
 *    `decided` uses what is stored, not what the statement saw when it began.
 * 3. Replies are read as of the beginning. A reply that was written meanwhile came with a new revision, so
 *    the commit is refused; if not, the primary key of the replies would refuse it.
 * 4. Everything else is written only for the rows in `written`.
 */

/** Which counters some commits of a batch change: without them, the statement is shorter. */
export interface Counted {
  readonly stats: boolean;
  readonly usage: boolean;
}

/** Returns the SQL for a batch. The statement returns the ids of the changed workflows. */
export function commitSql(t: TableNames, counted: Counted): string {
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
  SELECT * FROM locked l WHERE current_revision = follows_revision
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
${companionsSql(t, 'decided', COMMIT_COLUMNS.length)}${counted.stats ? countersSql(t, 'decided') : ''}${counted.usage ? usageSql(t, USAGE_PARAMETER) : ''}
SELECT id FROM written`;
}

/** The statement returns the id of the workflow, or no row when its id or build id is taken. */
export function createSql(t: TableNames): string {
  const columns = [...FIXED_COLUMNS, ...CHANGING_COLUMNS];
  return `
WITH batch AS MATERIALIZED (SELECT * FROM ${recordset(CREATE_COLUMNS, 1)}),
written AS (
  INSERT INTO ${t('build_workflows')} (${list(columns)}) SELECT ${list(columns)} FROM batch
  ON CONFLICT DO NOTHING RETURNING id
),
${companionsSql(t, 'batch', CREATE_COLUMNS.length)}${countersSql(t, 'batch')}${usageSql(t, USAGE_OF_CREATE)}
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

/** The first parameter of the usage in a batch, and in a create. */
const BEFORE_USAGE = HANDOFF_COLUMNS.length + EVENT_COLUMNS.length + 1;
const USAGE_PARAMETER = COMMIT_COLUMNS.length + BEFORE_USAGE;
const USAGE_OF_CREATE = CREATE_COLUMNS.length + BEFORE_USAGE;

/**
 * Adds the records in the parameters from number `first` to what their projects have used. Rows are locked in
 * the order of their keys. Counters end where a number of JavaScript does.
 */
export function usageSql(t: TableNames, first: number): string {
  const keys = ['project_id', 'day', 'role', 'model'];
  const most = (sum: string): string => `least(${sum}, ${MOST_COUNTED})`;
  return `,
usage AS (
  INSERT INTO ${t('project_usage')} AS s (${list(keys)}, shard, ${list(USAGE_COUNTER_COLUMNS)})
  SELECT ${list(keys, 'u.')}, ${SHARD}, ${USAGE_COUNTER_COLUMNS.map((column) => most(`sum(u.${column})`)).join(', ')}
  FROM ${recordset(USAGE_COLUMNS, first, 'u')} JOIN written w ON w.id = u.workflow_id
  GROUP BY ${list(keys, 'u.')} ORDER BY ${keys.map((key) => `u.${key} COLLATE "C"`).join(', ')}
  ON CONFLICT (project_id, day, shard, role, model) DO UPDATE
  SET ${USAGE_COUNTER_COLUMNS.map((column) => `${column} = ${most(`s.${column} + excluded.${column}`)}`).join(', ')}
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

/** Rows over which a project's counters are spread, chosen by the process id of the connection. */
const SHARDS = 32;
const SHARD = `pg_backend_pid() % ${SHARDS}`;

export const list = (columns: readonly string[], prefix = ''): string =>
  columns.map((column) => prefix + column).join(', ');
const namesOf = (columns: readonly Column[]): string[] => columns.map(({ name }) => name);

/** The parameters from number `first` as rows with these columns. */
export function recordset(columns: readonly Column[], first: number, alias = 'r'): string {
  const parameters = columns.map(({ type }, i) => `$${first + i}::${type}[]`);
  return `unnest(${parameters.join(', ')}) AS ${alias} (${list(namesOf(columns))})`;
}

/** Inserts the records in the parameters from number `first`; they have a `workflow_id`. */
export function insertSql(table: string, columns: readonly Column[], first: number): string {
  return `INSERT INTO ${table} (${list(namesOf(columns))})
  SELECT ${list(namesOf(columns), 'r.')} FROM ${recordset(columns, first)}
  WHERE r.workflow_id IN (SELECT id FROM written)`;
}

/** Adds to the counters of projects. Rows are locked in the order of projects, so that two commits never wait for each other. */
export function addCountersSql(t: TableNames, counted: string): string {
  return `INSERT INTO ${t('project_stats')} AS s (project_id, shard, ${list(COUNTERS)})
  SELECT c.project_id, ${SHARD}, ${COUNTERS.map((counter) => `sum(c.${counter})`).join(', ')}
  FROM ${counted} GROUP BY c.project_id ORDER BY c.project_id COLLATE "C"
  ON CONFLICT (project_id, shard) DO UPDATE
  SET ${COUNTERS.map((counter) => `${counter} = s.${counter} + excluded.${counter}`).join(', ')}`;
}

/** Adds to the failures of projects by state. */
export function addFailuresSql(
  t: TableNames,
  state: string,
  failures: string,
  counted: string,
): string {
  return `INSERT INTO ${t('project_failure_points')} AS s (project_id, shard, state, failures)
  SELECT c.project_id, ${SHARD}, ${state}, ${failures} FROM ${counted}
  GROUP BY c.project_id, ${state}
  ORDER BY c.project_id COLLATE "C", ${state} COLLATE "C"
  ON CONFLICT (project_id, shard, state) DO UPDATE SET failures = s.failures + excluded.failures`;
}
