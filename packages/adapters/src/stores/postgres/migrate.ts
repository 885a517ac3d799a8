import { BatonError } from '@baton/core';
import { quoted, tableNames } from './columns.ts';
import { toBatonError } from './errors.ts';
import { MIGRATIONS } from './migrations.ts';
import type { PostgresClient, PostgresPool } from './pool.ts';
import { checkSchemaName } from './postgres-store-options.ts';

/** Options of {@link migrate}. */
export interface MigrateOptions {
  /** Schema for the tables, created if it is missing. Default: the first of the search path. */
  readonly schema?: string | undefined;
  /** Whether to only return the SQL. Default false. */
  readonly dryRun?: boolean | undefined;
  /** Receives a line when the migration waits for another process. Default: a process warning. */
  readonly warn?: ((line: string) => void) | undefined;
}

/** Number of the advisory lock for migrations ("baton" in ASCII), used with a hash of the schema's name. */
const LOCK = 0x62_61_74_6f;
const VERSIONS = 'baton_schema_versions';

/**
 * Migrates the tables to the version of this code, in one transaction under an advisory lock. Concurrent
 * callers wait and then find the work done. Needs no superuser.
 *
 * @returns the SQL that was run, or with `dryRun` would be; empty when the tables are up to date.
 * @throws BatonError `invalid_input` for tables of a newer version and for a database that is not in UTF-8;
 * `unavailable`.
 * @example
 * import { migrate, type PostgresPool } from '@baton/adapters/postgres';
 * const showPending = async (pool: PostgresPool) => console.log(await migrate(pool, { dryRun: true }));
 */
export async function migrate(pool: PostgresPool, options: MigrateOptions = {}): Promise<string> {
  const { schema, dryRun = false, warn = (line) => process.emitWarning(line) } = options;
  checkSchemaName(schema);
  try {
    const client = await pool.connect();
    return await closing(client, async () =>
      dryRun ? pendingSql(await readVersion(client, schema), schema) : apply(client, schema, warn),
    );
  } catch (reason) {
    throw toBatonError(reason, 'the migration of the PostgreSQL database');
  }
}

/**
 * The version of the tables; 0 when there are none.
 *
 * @throws BatonError as {@link migrate}.
 */
export async function readVersion(
  client: Pick<PostgresClient, 'query'>,
  schema: string | undefined,
): Promise<number> {
  const versions = tableNames(schema)(VERSIONS);
  // Not to_regclass: it caches that a table is missing after another process has created it.
  const { rows } = await client.query({
    text: `SELECT current_setting('server_encoding') AS encoding, EXISTS (
        SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relname = $1 AND n.nspname = ANY (CASE WHEN $2::name IS NULL THEN current_schemas(false) ELSE ARRAY[$2::name] END)
      ) AS known`,
    values: [VERSIONS, schema ?? null],
  });
  const { known, encoding } = rows[0] as { known: boolean; encoding: string };
  if (encoding !== 'UTF8') {
    const text = `the PostgreSQL database: found the encoding ${encoding}, expected UTF8`;
    throw new BatonError('invalid_input', text);
  }
  if (!known) return 0;
  const found = await client.query({
    text: `SELECT max(version)::int4 AS version FROM ${versions}`,
  });
  const version = (found.rows[0]?.['version'] as number | null) ?? 0;
  if (version <= MIGRATIONS.length) return version;
  throw new BatonError(
    'invalid_input',
    `the PostgreSQL database: found schema version ${version}, expected ${MIGRATIONS.length} at most, which this version of Baton knows: use a newer one`,
  );
}

/** Whether tables of `version` need {@link migrate}. */
export function isOutdated(version: number): boolean {
  return version < MIGRATIONS.length;
}

/** What refuses such tables where they may not be migrated. */
export function outdated(version: number): BatonError {
  return new BatonError(
    'invalid_input',
    `the PostgreSQL database: found schema version ${version}, expected ${MIGRATIONS.length}: run its migrations first, or set autoMigrate`,
  );
}

async function apply(
  client: PostgresClient,
  schema: string | undefined,
  warn: (line: string) => void,
): Promise<string> {
  await client.query({ text: 'BEGIN ISOLATION LEVEL READ COMMITTED' });
  // Waiting for other processes, and this migration, may take long.
  await client.query({ text: 'SET LOCAL statement_timeout = 0' });
  const values = [LOCK, schema ?? ''];
  const attempt = 'SELECT pg_try_advisory_xact_lock($1, hashtext($2)) AS locked';
  const { rows } = await client.query({ text: attempt, values });
  if (rows[0]?.['locked'] !== true) {
    warn(
      "waiting for another process that brings the PostgreSQL tables up to date: it holds the advisory lock (see pg_locks, locktype 'advisory')",
    );
    await client.query({ text: 'SELECT pg_advisory_xact_lock($1, hashtext($2))', values });
  }
  const sql = pendingSql(await readVersion(client, schema), schema);
  if (sql !== '') await client.query({ text: sql });
  await client.query({ text: 'COMMIT' });
  return sql;
}

function pendingSql(version: number, schema: string | undefined): string {
  if (!isOutdated(version)) return '';
  const t = tableNames(schema);
  const first = [
    ...(schema === undefined ? [] : [`CREATE SCHEMA IF NOT EXISTS ${quoted(schema)};`]),
    `CREATE TABLE ${t(VERSIONS)} (
  version integer PRIMARY KEY,
  applied_at timestamptz NOT NULL DEFAULT now()
);`,
  ];
  const steps = MIGRATIONS.slice(version).map(
    (migration, i) =>
      `${migration(t)}\nINSERT INTO ${t(VERSIONS)} (version) VALUES (${version + i + 1});`,
  );
  return [...(version === 0 ? first : []), ...steps].join('\n');
}

/** Closes the connection after an error, and its transaction with it. */
async function closing<T>(client: PostgresClient, work: () => Promise<T>): Promise<T> {
  // A connection that breaks also emits `error`, which would end the process without a listener.
  client.on('error', () => {});
  try {
    const result = await work();
    client.release();
    return result;
  } catch (reason) {
    client.release(true);
    throw reason;
  }
}
