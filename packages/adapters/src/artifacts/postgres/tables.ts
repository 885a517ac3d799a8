import { BatonError } from '@baton/core';
import { quoted, tableNames } from '../../stores/postgres/columns.ts';
import type { PostgresPool } from '../../stores/postgres/pool.ts';
import { inTransaction } from './in-transaction.ts';

/** Of the advisory locks under which tables are made and artifacts written. */
export const LOCK = 0x62_61_72_74;
const VERSION = 1;

/**
 * Makes the tables where they are missing: of many processes at once one does, and the others wait.
 *
 * @throws BatonError `invalid_input` for tables of a newer version.
 */
export async function migrate(
  pool: PostgresPool,
  schema: string | undefined,
  timeoutMs: number,
): Promise<void> {
  const t = tableNames(schema);
  await inTransaction(pool, timeoutMs, async (query) => {
    await query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [LOCK, `tables of ${schema}`]);
    if (schema !== undefined && !(await hasSchema()))
      await query(`CREATE SCHEMA ${quoted(schema)}`);
    const [known] = await query(
      `SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relname = 'artifact_versions' AND n.nspname = coalesce($1, current_schema())`,
      [schema ?? null],
    );
    if (known === undefined) {
      await query(tables(t));
      return;
    }
    const [row] = await query(`SELECT max(version) AS version FROM ${t('artifact_versions')}`);
    const version = Number(row?.['version']);
    if (version === VERSION) return;
    const message = `the artifacts in the PostgreSQL database have schema version ${version}; this version of Baton knows ${VERSION}: use a newer one`;
    throw new BatonError('invalid_input', message);

    async function hasSchema(): Promise<boolean> {
      const found = await query('SELECT FROM pg_namespace WHERE nspname = $1', [schema]);
      return found.length > 0;
    }
  });
}

/** Ids are compared by byte, as in the tables of workflows. */
function tables(t: (table: string) => string): string {
  return `
CREATE TABLE ${t('artifact_versions')} (version integer PRIMARY KEY);
INSERT INTO ${t('artifact_versions')} VALUES (${VERSION});

CREATE TABLE ${t('artifact_content')} (
  workflow_id text COLLATE "C" NOT NULL,
  digest text COLLATE "C" NOT NULL,
  bytes bigint NOT NULL,
  content bytea NOT NULL,
  PRIMARY KEY (workflow_id, digest)
);
ALTER TABLE ${t('artifact_content')} ALTER COLUMN content SET STORAGE EXTERNAL;

CREATE TABLE ${t('artifacts')} (
  workflow_id text COLLATE "C" NOT NULL,
  number integer NOT NULL,
  identity text COLLATE "C" NOT NULL,
  project_id text NOT NULL,
  state text NOT NULL,
  role text NOT NULL,
  epoch bigint NOT NULL,
  attempt bigint NOT NULL,
  kind text NOT NULL,
  name text NOT NULL,
  media_type text NOT NULL,
  tree_digest text,
  digest text COLLATE "C" NOT NULL,
  size bigint NOT NULL,
  compressed_size bigint NOT NULL,
  truncated smallint NOT NULL,
  created_at bigint NOT NULL,
  PRIMARY KEY (workflow_id, number),
  UNIQUE (workflow_id, identity),
  FOREIGN KEY (workflow_id, digest) REFERENCES ${t('artifact_content')} (workflow_id, digest)
);

CREATE TABLE ${t('artifact_marks')} (
  workflow_id text COLLATE "C" NOT NULL,
  superseded_by text COLLATE "C" NOT NULL,
  PRIMARY KEY (workflow_id, superseded_by)
);
`;
}
