import type { Commit, UsageDelta, WorkflowSnapshot } from '@baton/core';
import { eventValues, handoffValues } from '../relational/record-row.ts';
import { usageValues } from '../relational/usage-row.ts';
import {
  changingValues,
  fixedValues,
  OUTPUT_COLUMNS,
  outputColumns,
  outputValues,
  type Value,
} from '../relational/workflow-row.ts';
import {
  COMMIT_COLUMNS,
  type Column,
  type ColumnType,
  CREATE_COLUMNS,
  EVENT_COLUMNS,
  HANDOFF_COLUMNS,
  USAGE_COLUMNS,
} from './columns.ts';
import { checkJsonText, checkText } from './run-statement.ts';

/** Everything that one commit writes, checked, so that the server only receives what it can store. */
export interface Records {
  readonly change: readonly Value[];
  readonly handoffs: readonly (readonly Value[])[];
  readonly events: readonly (readonly Value[])[];
  readonly usage: readonly (readonly Value[])[];
}

/** @throws BatonError `invalid_input`; TypeError. */
export function toCommitRecords(commit: Commit): Records {
  const { snapshot } = commit;
  const changed = outputColumns(commit.changedOutputs);
  const outputs = OUTPUT_COLUMNS.map((column) =>
    changed.includes(column) ? (outputValues(snapshot, [column])[0] ?? null) : null,
  );
  const mask = changed.reduce((bits, column) => bits | (1 << OUTPUT_COLUMNS.indexOf(column)), 0);
  return checked(COMMIT_COLUMNS, commit, [
    snapshot.id,
    snapshot.projectId,
    ...changingValues(snapshot),
    commit.follows?.commitId ?? null,
    commit.follows?.revision ?? null,
    mask,
    commit.claimExpiredBy ?? null,
    ...outputs,
    ...companions(commit),
  ]);
}

/**
 * A workflow begins without outputs.
 *
 * @throws BatonError `invalid_input`; TypeError.
 */
export function toCreateRecords(commit: Commit): Records {
  const { snapshot } = commit;
  return checked(CREATE_COLUMNS, commit, [
    ...fixedValues(snapshot),
    ...changingValues(snapshot),
    ...companions(commit),
  ]);
}

export function usageRows(
  { id, projectId }: Pick<WorkflowSnapshot, 'id' | 'projectId'>,
  usage: readonly UsageDelta[],
): readonly (readonly Value[])[] {
  return usage.map((delta) => [
    id,
    projectId,
    delta.day,
    delta.role,
    delta.model,
    ...usageValues(delta),
  ]);
}

/** The parameters of a statement, one array for each column. */
export function toParameters(columns: readonly Column[], all: readonly Records[]): Buffer[] {
  return [
    ...arrays(
      columns,
      all.map(({ change }) => change),
    ),
    ...arrays(
      HANDOFF_COLUMNS,
      all.flatMap(({ handoffs }) => handoffs),
    ),
    ...arrays(
      EVENT_COLUMNS,
      all.flatMap(({ events }) => events),
    ),
  ];
}

/** Transposes rows into parameters, one array for each column. */
export function arrays(columns: readonly Column[], rows: readonly (readonly Value[])[]): Buffer[] {
  return columns.map(({ type }, i) =>
    binaryArray(
      type,
      rows.map((row) => row[i] ?? null),
    ),
  );
}

function companions({ reply, stats }: Commit): Value[] {
  return [
    reply?.requestId ?? null,
    reply?.digest ?? null,
    reply === undefined ? null : JSON.stringify(reply.body),
    stats?.total ?? null,
    stats?.completed ?? null,
    stats?.failed ?? null,
    stats?.cancelled ?? null,
    stats?.completedDurationMs ?? null,
    stats?.completedHandoffs ?? null,
    stats?.failurePoint ?? null,
  ];
}

function checked(columns: readonly Column[], commit: Commit, change: Value[]): Records {
  const records = {
    change,
    handoffs: commit.handoffs.map(handoffValues),
    events: commit.events.map(eventValues),
    usage: usageRows(commit.snapshot, commit.usage ?? []),
  };
  checkRow(columns, records.change);
  for (const row of records.handoffs) checkRow(HANDOFF_COLUMNS, row);
  for (const row of records.events) checkRow(EVENT_COLUMNS, row);
  for (const row of records.usage) checkRow(USAGE_COLUMNS, row);
  return records;
}

/** @throws BatonError `invalid_input`; TypeError. */
export function checkRow(columns: readonly Column[], row: readonly Value[]): void {
  columns.forEach(({ name, type }, i) => {
    const value = row[i];
    if (value === null) return;
    if (type === 'bigint') {
      if (!Number.isSafeInteger(value)) throw new TypeError(`${name} is not an integer: ${value}`);
    } else if (typeof value !== 'string') {
      throw new TypeError(`${name} is not text: ${typeof value}`);
    } else if (type === 'text') checkText(value, name);
    else checkJsonText(value, name);
  });
}

/*
 * Arrays in PostgreSQL's binary format (array_recv). It needs no escaping, where JSON needs a backslash for
 * every quote, and the server parses each value once.
 */

const OIDS: Readonly<Record<ColumnType, number>> = { text: 25, bigint: 20, json: 114 };
/** Dimensions, null flag, element type, length, first index. */
const HEADER_BYTES = 20;

/** Encodes `values` as a one-dimensional array. */
function binaryArray(type: ColumnType, values: readonly Value[]): Buffer {
  const size = (value: Value): number =>
    typeof value === 'string' ? Buffer.byteLength(value) : value === null ? 0 : 8;
  const buffer = Buffer.allocUnsafe(
    values.reduce((bytes: number, value) => bytes + 4 + size(value), HEADER_BYTES),
  );
  buffer.writeInt32BE(1, 0);
  buffer.writeInt32BE(values.includes(null) ? 1 : 0, 4);
  buffer.writeInt32BE(OIDS[type], 8);
  buffer.writeInt32BE(values.length, 12);
  buffer.writeInt32BE(1, 16);
  let at = HEADER_BYTES;
  for (const value of values) {
    if (value === null) {
      at = buffer.writeInt32BE(-1, at);
    } else if (typeof value === 'number') {
      at = buffer.writeInt32BE(8, at);
      at = buffer.writeBigInt64BE(BigInt(value), at);
    } else {
      const start = at + 4;
      const written = buffer.write(value, start);
      buffer.writeInt32BE(written, at);
      at = start + written;
    }
  }
  return buffer;
}
