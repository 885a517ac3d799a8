import { USAGE_COUNTER_COLUMNS } from '../relational/usage-row.ts';
import { CHANGING_COLUMNS, FIXED_COLUMNS, OUTPUT_COLUMNS } from '../relational/workflow-row.ts';
import type { TableNames } from './migrations.ts';

/** Records are sent to the server by column, one array each. */

/** `json`, not `jsonb`: it keeps payloads and the order of their members. */
export type ColumnType = 'text' | 'bigint' | 'json';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
}

const TYPES = {
  id: 'text',
  build_id: 'text',
  project_id: 'text',
  user_id: 'text',
  created_at: 'bigint',
  definition_name: 'text',
  definition_version: 'bigint',
  priority: 'bigint',
  requirements: 'json',
  metadata: 'json',
  current_state: 'text',
  updated_at: 'bigint',
  completed_at: 'bigint',
  role: 'text',
  revision: 'bigint',
  commit_id: 'text',
  epoch: 'bigint',
  sequence: 'bigint',
  not_before: 'bigint',
  times_out_at: 'bigint',
  awaiting: 'text',
  claim_token: 'text',
  claim_expires_at: 'bigint',
  details: 'json',
} satisfies Record<(typeof FIXED_COLUMNS)[number] | (typeof CHANGING_COLUMNS)[number], ColumnType>;

const typed = (name: keyof typeof TYPES): Column => ({ name, type: TYPES[name] });
const of =
  (type: ColumnType) =>
  (name: string): Column => ({ name, type });

export const COUNTERS = [
  'total',
  'completed',
  'failed',
  'cancelled',
  'completed_duration_ms',
  'completed_handoffs',
] as const;

/** Columns of the reply and the counters, which come with every change. */
const COMPANIONS: readonly Column[] = [
  ...['request_id', 'digest'].map(of('text')),
  of('json')('body'),
  ...COUNTERS.map(of('bigint')),
  of('text')('failure_point'),
];

/** A new workflow. */
export const CREATE_COLUMNS: readonly Column[] = [
  ...FIXED_COLUMNS.map(typed),
  ...CHANGING_COLUMNS.map(typed),
  ...COMPANIONS,
];

/** A whole workflow. Its failures, handoffs, events and replies are records of their own. */
export const RESTORE_COLUMNS: readonly Column[] = [
  ...FIXED_COLUMNS.map(typed),
  ...CHANGING_COLUMNS.map(typed),
  ...OUTPUT_COLUMNS.map(of('json')),
  ...COUNTERS.map(of('bigint')),
];

/** A change of a workflow. Bit n of `changed_outputs` says whether the nth output column changes. */
export const COMMIT_COLUMNS: readonly Column[] = [
  ...(['id', 'project_id', ...CHANGING_COLUMNS] as const).map(typed),
  of('text')('follows'),
  ...['follows_revision', 'changed_outputs', 'claim_expired_by'].map(of('bigint')),
  ...OUTPUT_COLUMNS.map(of('json')),
  ...COMPANIONS,
];

export const HANDOFF_COLUMNS: readonly Column[] = [
  { name: 'workflow_id', type: 'text' },
  { name: 'number', type: 'bigint' },
  ...['from_role', 'to_role', 'from_state', 'to_state'].map(of('text')),
  { name: 'data_transferred', type: 'json' },
  { name: 'timestamp', type: 'bigint' },
];

export const EVENT_COLUMNS: readonly Column[] = [
  { name: 'workflow_id', type: 'text' },
  { name: 'sequence', type: 'bigint' },
  ...['event_type', 'triggered_by'].map(of('text')),
  { name: 'event_data', type: 'json' },
  ...['timestamp', 'revision', 'epoch'].map(of('bigint')),
];

export const REPLY_COLUMNS: readonly Column[] = [
  ...['workflow_id', 'request_id', 'digest'].map(of('text')),
  { name: 'body', type: 'json' },
];

export const USAGE_COLUMNS: readonly Column[] = [
  ...['workflow_id', 'project_id', 'day', 'role', 'model'].map(of('text')),
  ...USAGE_COUNTER_COLUMNS.map(of('bigint')),
];

export const FAILURE_COLUMNS: readonly Column[] = [
  { name: 'state', type: 'text' },
  { name: 'failures', type: 'bigint' },
];

/** Table names with their schema, independent of a connection's search path. */
export function tableNames(schema: string | undefined): TableNames {
  return schema === undefined ? (table) => table : (table) => `${quoted(schema)}.${table}`;
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
