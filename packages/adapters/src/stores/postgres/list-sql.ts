import type { WorkflowQuery } from '@baton/core';

/**
 * A page of workflows.
 *
 * @param columns what to read of each.
 * @param workflows the name of the table.
 */
export function listSql(
  columns: string,
  workflows: string,
  { projectId, state, role, awaiting, newestFirst, after, limit }: WorkflowQuery,
): { readonly text: string; readonly values: (string | number)[] } {
  const values: (string | number)[] = [];
  const mark = (value: string | number): string => `$${values.push(value)}`;
  // Only the index over all projects has this expression.
  const isOfAll = projectId === undefined && awaiting === undefined;
  const created = isOfAll ? 'created_at + 0' : 'created_at';
  const [behind, order] = newestFirst ? ['<', 'DESC'] : ['>', 'ASC'];
  const conditions = [
    projectId !== undefined && `project_id = ${mark(projectId)}`,
    state !== undefined && `current_state = ${mark(state)}`,
    role !== undefined && `role = ${mark(role)}`,
    awaiting !== undefined && `awaiting = ${mark(awaiting)}`,
    after !== undefined &&
      `(${created}, id) ${behind} (${mark(after.createdAt)}, ${mark(after.id)})`,
  ].filter((condition) => condition !== false);
  const filter = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
  const text = `SELECT ${columns} FROM ${workflows} ${filter} ORDER BY ${created} ${order}, id ${order} LIMIT ${mark(limit)}`;
  return { text, values };
}
