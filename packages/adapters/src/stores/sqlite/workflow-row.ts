import { BUILD_PHASES, type Claim, type JsonObject, type WorkflowSnapshot } from '@baton/core';
import { jsonText, parseJson } from './json-text.ts';

/** A row of build_workflows: what is asked for by itself has a column, the rest is in `details`. */

const TABLE = 'build_workflows';
const BUILD_PHASE_NAMES: ReadonlySet<string> = new Set(BUILD_PHASES);

/** Snapshot fields that no query asks for. */
interface Details
  extends Pick<
    WorkflowSnapshot,
    | 'handoffs'
    | 'retries'
    | 'attempt'
    | 'limits'
    | 'path'
    | 'checkpoint'
    | 'feedback'
    | 'failure'
    | 'enteredAt'
    | 'deadline'
  > {
  /** The claim but for what has columns. */
  readonly claim: Pick<Claim, 'worker' | 'claimedAt'> | undefined;
}

export type Value = string | number | null;
export type Row = Readonly<Record<string, unknown>>;

/** The columns that change from commit to commit, in the order of {@link changingValues}. */
export const CHANGING_COLUMNS = [
  'current_state',
  'updated_at',
  'completed_at',
  ...BUILD_PHASES.map((phase) => `${phase}_phase`),
  'other_phases',
  'role',
  'revision',
  'epoch',
  'sequence',
  'not_before',
  'claim_token',
  'claim_expires_at',
  'details',
] as const;

/** The columns that are written once, in the order of {@link fixedValues}. */
export const FIXED_COLUMNS = [
  'id',
  'build_id',
  'project_id',
  'user_id',
  'created_at',
  'definition_name',
  'definition_version',
  'requirements',
  'metadata',
] as const;

export function fixedValues(snapshot: WorkflowSnapshot): Value[] {
  return [
    snapshot.id,
    snapshot.buildId,
    snapshot.projectId,
    snapshot.userId,
    snapshot.createdAt,
    snapshot.definition.name,
    snapshot.definition.version,
    jsonText(snapshot.requirements),
    jsonText(snapshot.metadata),
  ];
}

export function changingValues(snapshot: WorkflowSnapshot): Value[] {
  const { outputs, claim } = snapshot;
  return [
    snapshot.state,
    snapshot.updatedAt,
    snapshot.completedAt ?? null,
    ...BUILD_PHASES.map((phase) => {
      const output = outputs[phase];
      return output === undefined ? null : jsonText(output);
    }),
    otherPhases(outputs),
    snapshot.role ?? null,
    snapshot.revision,
    snapshot.epoch,
    snapshot.sequence,
    snapshot.notBefore,
    claim?.token ?? null,
    claim?.expiresAt ?? null,
    detailsText(snapshot),
  ];
}

/** @throws BatonError `data_loss` for a row that cannot be read. */
export function toSnapshot(row: Row): WorkflowSnapshot {
  const id = String(row['id']);
  const json = <T>(column: string): T => parseJson<T>(row[column], TABLE, id, column);
  const { claim, ...details } = json<Details>('details');
  const token = row['claim_token'];
  return {
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
    epoch: row['epoch'] as number,
    sequence: row['sequence'] as number,
    handoffs: details.handoffs,
    retries: details.retries,
    attempt: details.attempt,
    notBefore: row['not_before'] as number,
    requirements: json('requirements'),
    metadata: json('metadata'),
    limits: details.limits,
    path: details.path.map((entry) => ({ ...entry, checkpoint: entry.checkpoint })),
    outputs: readOutputs(row, id, details.path),
    checkpoint: details.checkpoint,
    feedback:
      details.feedback === undefined
        ? undefined
        : { ...details.feedback, details: details.feedback.details },
    failure: details.failure,
    claim:
      claim === undefined || token === null
        ? undefined
        : {
            worker: claim.worker,
            token: token as string,
            claimedAt: claim.claimedAt,
            expiresAt: row['claim_expires_at'] as number,
          },
    createdAt: row['created_at'] as number,
    updatedAt: row['updated_at'] as number,
    enteredAt: details.enteredAt,
    deadline: details.deadline,
    completedAt: (row['completed_at'] as number | null) ?? undefined,
  };
}

function detailsText(snapshot: WorkflowSnapshot): string {
  const { claim } = snapshot;
  const details: Details = {
    handoffs: snapshot.handoffs,
    retries: snapshot.retries,
    attempt: snapshot.attempt,
    limits: snapshot.limits,
    path: snapshot.path,
    checkpoint: snapshot.checkpoint,
    feedback: snapshot.feedback,
    failure: snapshot.failure,
    enteredAt: snapshot.enteredAt,
    deadline: snapshot.deadline,
    claim: claim === undefined ? undefined : { worker: claim.worker, claimedAt: claim.claimedAt },
  };
  return JSON.stringify(details);
}

/** The outputs of phases that the `build` definition does not have. */
function otherPhases(outputs: WorkflowSnapshot['outputs']): string | null {
  const others = Object.keys(outputs).filter((phase) => !BUILD_PHASE_NAMES.has(phase));
  if (others.length === 0) return null;
  return `{${others.map((phase) => `${JSON.stringify(phase)}:${jsonText(outputs[phase] as JsonObject)}`).join(',')}}`;
}

/** In the order of the path, as they came about. */
function readOutputs(
  row: Row,
  id: string,
  path: WorkflowSnapshot['path'],
): Record<string, JsonObject> {
  const others =
    row['other_phases'] === null
      ? {}
      : parseJson<Record<string, JsonObject>>(row['other_phases'], TABLE, id, 'other_phases');
  const outputs: Record<string, JsonObject> = {};
  for (const { phase } of path) {
    const column = `${phase}_phase`;
    const known = BUILD_PHASE_NAMES.has(phase);
    if (known && row[column] !== null) outputs[phase] = parseJson(row[column], TABLE, id, column);
    const other = others[phase];
    if (!known && other !== undefined) outputs[phase] = other;
  }
  return outputs;
}
