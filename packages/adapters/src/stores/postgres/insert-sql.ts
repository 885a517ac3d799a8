import { COUNTERS, type Column } from './columns.ts';
import type { TableNames } from './migrations.ts';

/** Parts of writing statements. Each adds rows to a table for the workflows in `written`. */

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

/** Adds to the counters of projects. Rows are locked by project: see `commit-sql.ts`. */
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
