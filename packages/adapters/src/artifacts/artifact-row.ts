import type { ArtifactQuery } from '@baton/core';
import { present } from '@baton/core/internal';
import type { NewArtifact, StoredArtifact } from './artifact-backend.ts';

export type Row = Readonly<Record<string, unknown>>;

/** The columns of an artifact in a database, each with its field. */
const FIELDS = {
  workflow_id: 'workflowId',
  number: 'number',
  identity: 'identity',
  project_id: 'projectId',
  state: 'state',
  role: 'role',
  epoch: 'epoch',
  attempt: 'attempt',
  kind: 'kind',
  name: 'name',
  media_type: 'mediaType',
  tree_digest: 'treeDigest',
  digest: 'digest',
  size: 'size',
  compressed_size: 'compressedSize',
  truncated: 'truncated',
  created_at: 'createdAt',
} as const satisfies Record<string, keyof NewArtifact | 'number'>;

export const COLUMNS = Object.keys(FIELDS) as readonly (keyof typeof FIELDS)[];

/** The values of the columns, in their order. */
export function valuesOf(artifact: NewArtifact & { readonly number: number }) {
  return Object.values(FIELDS).map((field) => {
    const value = artifact[field];
    return typeof value === 'boolean' ? Number(value) : (value ?? null);
  });
}

export function toArtifact(row: Row): StoredArtifact {
  const entries = Object.entries(FIELDS).flatMap(([column, field]) =>
    field === 'identity' ? [] : [[field, row[column] ?? undefined] as const],
  );
  const found = present(Object.fromEntries(entries)) as unknown as StoredArtifact;
  return { ...found, truncated: row['truncated'] === 1 };
}

/** What a query of artifacts asks for, as a condition with a place for each of the values. */
export function conditionOf(
  { workflowId, after, state, attempt, kind }: ArtifactQuery,
  place: (nth: number) => string,
): { readonly condition: string; readonly values: readonly (string | number)[] } {
  const asked = [
    ['workflow_id =', workflowId],
    ['number >', after],
    ['state =', state],
    ['attempt =', attempt],
    ['kind =', kind],
  ] as const;
  const given = asked.flatMap(([test, value]) => (value === undefined ? [] : [{ test, value }]));
  return {
    condition: given.map(({ test }, i) => `${test} ${place(i + 1)}`).join(' AND '),
    values: given.map(({ value }) => value),
  };
}
