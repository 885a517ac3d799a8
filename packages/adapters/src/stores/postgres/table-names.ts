import type { TableNames } from './migrations.ts';

/** Table names with their schema, independent of a connection's search path. */
export function tableNames(schema: string | undefined): TableNames {
  return schema === undefined ? (table) => table : (table) => `${quoted(schema)}.${table}`;
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
