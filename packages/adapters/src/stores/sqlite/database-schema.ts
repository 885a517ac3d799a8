import type { DatabaseSync } from 'node:sqlite';
import { BatonError } from '@baton/core';

/** The tables of a kind of database of Baton's. Its version is the number of its migrations. */
export interface DatabaseSchema {
  /** What is kept in it, for messages. */
  readonly of: string;
  /** Tables of every version, by which one of Baton's is known. */
  readonly tables: readonly string[];
  /** What makes each version of the one before, in SQL. */
  readonly migrations: readonly string[];
}

/**
 * Checks a database before anything in it is changed.
 *
 * @throws BatonError `invalid_input` for a database of a newer version of Baton, of another kind, or of another
 * program.
 */
export function refuseForeign(database: DatabaseSync, path: string, schema: DatabaseSchema): void {
  // In one transaction: another process may be creating the tables of a new database.
  database.exec('BEGIN');
  const version = versionOf(database);
  const tables = database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
    .all()
    .map(({ name }) => String(name));
  database.exec('COMMIT');
  refuseNewer(version, path, schema);
  const missing = schema.tables.filter((name) => !tables.includes(name));
  if (version === 0 ? tables.length === 0 : missing.length === 0) return;
  const found = tables.length === 0 ? 'no tables' : `the tables ${tables.slice(0, 5).join(', ')}`;
  throw new BatonError(
    'invalid_input',
    `the database ${path} is not of Baton's ${schema.of}: found ${found} and schema version ${version}; expected an empty file, a new one, or one that Baton made for ${schema.of}`,
  );
}

/**
 * Migrates the database to the version of this code, unless another process was faster.
 *
 * @throws BatonError `invalid_input` for a database of a newer version.
 */
export function migrate(database: DatabaseSync, path: string, schema: DatabaseSchema): void {
  const { migrations } = schema;
  if (versionOf(database) === migrations.length) return;
  database.exec('BEGIN IMMEDIATE');
  try {
    const version = versionOf(database);
    refuseNewer(version, path, schema);
    for (const sql of migrations.slice(version)) database.exec(sql);
    database.exec(`PRAGMA user_version = ${migrations.length}`);
    database.exec('COMMIT');
  } catch (reason) {
    database.exec('ROLLBACK');
    throw reason;
  }
}

function refuseNewer(version: number, path: string, { migrations }: DatabaseSchema): void {
  if (version <= migrations.length) return;
  throw new BatonError(
    'invalid_input',
    `the database ${path}: found schema version ${version}, expected ${migrations.length} at most, which this version of Baton knows: use a newer one`,
  );
}

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
}
