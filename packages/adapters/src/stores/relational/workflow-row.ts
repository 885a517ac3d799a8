import {
  BatonError,
  BUILD_PHASES,
  type Claim,
  completeSnapshot,
  type JsonObject,
  type StoredSnapshot,
  timesOutAt,
  type WorkflowNames,
  type WorkflowSnapshot,
} from '@baton/core';
import { parseJson as parseJsonText } from '@baton/core/internal';

/** A row of build_workflows: members that queries use have a column, the rest is in `details`. */

const TABLE = 'build_workflows';
const BUILD_PHASE_NAMES: ReadonlySet<string> = new Set(BUILD_PHASES);
/** The column for phases that the `build` definition does not have. */
const OTHER_PHASES = 'other_phases';

/** All columns with outputs. */
export const OUTPUT_COLUMNS = [...BUILD_PHASES.map(outputColumn), OTHER_PHASES];

/** Columns that are written once, in the order of {@link fixedValues}. */
export const FIXED_COLUMNS = [
  'id',
  'build_id',
  'project_id',
  'user_id',
  'created_at',
  'definition_name',
  'definition_version',
  'priority',
  'requirements',
  'metadata',
] as const;

/** Columns that every commit may change, in the order of {@link changingValues}. */
export const CHANGING_COLUMNS = [
  'current_state',
  'updated_at',
  'completed_at',
  'role',
  'revision',
  'commit_id',
  'epoch',
  'sequence',
  'not_before',
  'times_out_at',
  'awaiting',
  'claim_token',
  'claim_expires_at',
  'details',
] as const;

export type Value = string | number | null;
export type Row = Readonly<Record<string, unknown>>;

/** Columns with the outputs of `phases`, in the order of {@link outputValues}. */
export function outputColumns(phases: readonly string[]): readonly string[] {
  return [...new Set(phases.map(outputColumn))];
}

export function fixedValues(snapshot: WorkflowSnapshot): Value[] {
  return [
    snapshot.id,
    snapshot.buildId,
    snapshot.projectId,
    snapshot.userId,
    snapshot.createdAt,
    snapshot.definition.name,
    snapshot.definition.version,
    snapshot.priority ?? 0,
    jsonText(snapshot.requirements),
    jsonText(snapshot.metadata),
  ];
}

export function changingValues(snapshot: WorkflowSnapshot): Value[] {
  const { claim } = snapshot;
  return [
    snapshot.state,
    snapshot.updatedAt,
    snapshot.completedAt ?? null,
    snapshot.role ?? null,
    snapshot.revision,
    snapshot.commitId ?? null,
    snapshot.epoch,
    snapshot.sequence,
    snapshot.notBefore,
    timesOutAt(snapshot) ?? null,
    snapshot.awaiting?.kind ?? null,
    claim?.token ?? null,
    claim?.expiresAt ?? null,
    JSON.stringify(toDetails(snapshot)),
  ];
}

/** @param columns some of {@link outputColumns}. */
export function outputValues({ outputs }: WorkflowSnapshot, columns: readonly string[]): Value[] {
  return columns.map((column) => {
    if (column === OTHER_PHASES) return otherPhases(outputs);
    const output = outputs[column.slice(0, -'_phase'.length)];
    return output === undefined ? null : jsonText(output);
  });
}

/** @throws BatonError `data_loss` for a row that cannot be read. */
export function toSnapshot(row: Row): WorkflowSnapshot {
  const id = String(row['id']);
  const json = <T>(column: string): T => parseJson<T>(row[column], TABLE, id, column);
  const { claim, ...details } = json<Details>('details');
  const token = row['claim_token'] as string | null;
  const stored: StoredSnapshot = {
    ...details,
    id,
    buildId: row['build_id'] as string,
    projectId: row['project_id'] as string,
    userId: row['user_id'] as string,
    definition: {
      name: row['definition_name'] as string,
      version: row['definition_version'] as number,
    },
    state: row['current_state'] as string,
    role: (row['role'] as string | null) ?? undefined,
    revision: row['revision'] as number,
    commitId: (row['commit_id'] as string | null) ?? undefined,
    epoch: row['epoch'] as number,
    sequence: row['sequence'] as number,
    notBefore: row['not_before'] as number,
    priority: row['priority'] as number,
    requirements: json('requirements'),
    metadata: json('metadata'),
    outputs: readOutputs(row, id, details.path ?? []),
    claim:
      claim === undefined || token === null
        ? undefined
        : { ...claim, token, expiresAt: row['claim_expires_at'] as number },
    createdAt: row['created_at'] as number,
    updatedAt: row['updated_at'] as number,
    completedAt: (row['completed_at'] as number | null) ?? undefined,
  };
  try {
    return completeSnapshot(stored);
  } catch (cause) {
    throw unreadable(TABLE, id, 'details', cause);
  }
}

export function toNames(row: Row): WorkflowNames {
  return {
    id: row['id'] as string,
    createdAt: Number(row['created_at']),
    buildId: row['build_id'] as string,
    userId: row['user_id'] as string,
  };
}

/** The members of a snapshot without a column. */
function toDetails(snapshot: WorkflowSnapshot) {
  const {
    id,
    buildId,
    projectId,
    userId,
    definition,
    state,
    role,
    revision,
    commitId,
    epoch,
    sequence,
    notBefore,
    priority,
    requirements,
    metadata,
    outputs,
    claim,
    createdAt,
    updatedAt,
    completedAt,
    ...rest
  } = snapshot;
  if (claim === undefined) return rest;
  // A renewal writes only the column of the expiry.
  const { token, expiresAt, ...held } = claim;
  return { ...rest, claim: held };
}

type Details = Pick<StoredSnapshot, keyof ReturnType<typeof toDetails> & keyof StoredSnapshot> & {
  readonly claim?: Omit<Claim, 'token' | 'expiresAt'>;
};

function outputColumn(phase: string): string {
  return BUILD_PHASE_NAMES.has(phase) ? `${phase}_phase` : OTHER_PHASES;
}

function otherPhases(outputs: WorkflowSnapshot['outputs']): string | null {
  const others = Object.keys(outputs).filter((phase) => !BUILD_PHASE_NAMES.has(phase));
  if (others.length === 0) return null;
  return `{${others.map((phase) => `${JSON.stringify(phase)}:${jsonText(outputs[phase] as JsonObject)}`).join(',')}}`;
}

/** Returns the outputs in the order of their phases. */
function readOutputs(
  row: Row,
  id: string,
  path: WorkflowSnapshot['path'],
): Record<string, JsonObject> {
  const json = (column: string): Record<string, JsonObject> | undefined =>
    row[column] === null ? undefined : parseJson(row[column], TABLE, id, column);
  // A map: phases may be called `constructor` and the like.
  const others = new Map(Object.entries(json(OTHER_PHASES) ?? {}));
  const outputs: Record<string, JsonObject> = {};
  for (const { phase } of path) {
    const column = outputColumn(phase);
    const output = column === OTHER_PHASES ? others.get(phase) : json(column);
    if (output !== undefined) outputs[phase] = output;
  }
  return outputs;
}

const texts = new WeakMap<object, string>();

/**
 * The JSON of an immutable object, created once: the snapshots and handoffs of a workflow share outputs by
 * reference, which would otherwise be serialized with every commit.
 */
export function jsonText(value: object): string {
  const known = texts.get(value);
  if (known !== undefined) return known;
  const text = JSON.stringify(value);
  texts.set(value, text);
  return text;
}

/**
 * Parses a JSON record, which is left as it is.
 *
 * @throws BatonError `data_loss` that names the record.
 */
export function parseJson<T>(text: unknown, table: string, id: string, column: string): T {
  try {
    if (typeof text !== 'string') throw new TypeError(`expected text, found ${typeof text}`);
    return parseJsonText(text) as T;
  } catch (cause) {
    throw unreadable(table, id, column, cause);
  }
}

function unreadable(table: string, id: string, column: string, cause: unknown): BatonError {
  const found = cause instanceof Error ? cause.message : String(cause);
  return new BatonError(
    'data_loss',
    `${table} '${id}': column ${column} cannot be read: ${found}`,
    { metadata: { table, id, column }, cause },
  );
}
