import type { SQLInputValue } from 'node:sqlite';
import type { WorkflowQuery } from '@baton/core';

/**
 * A page of workflows. What few pass decides which index is used: a unary plus keeps the others out of it.
 *
 * @param columns what to read of each.
 */
export function listSql(
  columns: string,
  { projectId, state, role, awaiting, newestFirst, after, limit }: WorkflowQuery,
): { readonly text: string; readonly values: readonly SQLInputValue[] } {
  const conditions: string[] = [];
  const values: SQLInputValue[] = [];
  const where = (condition: string, ...found: SQLInputValue[]): void => {
    conditions.push(condition);
    values.push(...found);
  };
  const other = awaiting === undefined ? '' : '+';
  if (awaiting !== undefined) where('awaiting = ?', awaiting);
  if (projectId !== undefined) where(`${other}project_id = ?`, projectId);
  if (state !== undefined) where(`${other}current_state = ?`, state);
  if (role !== undefined) where(`${other}role = ?`, role);
  const [behind, order] = newestFirst ? ['<', 'DESC'] : ['>', 'ASC'];
  if (after !== undefined) where(`(created_at, id) ${behind} (?, ?)`, after.createdAt, after.id);
  const filter = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
  const text = `SELECT ${columns} FROM build_workflows ${filter} ORDER BY created_at ${order}, id ${order} LIMIT ?`;
  return { text, values: [...values, limit] };
}
