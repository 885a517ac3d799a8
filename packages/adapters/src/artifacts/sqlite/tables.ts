import type { DatabaseSync } from 'node:sqlite';
import { BatonError } from '@baton/core';

/** Forward only: a migration that was released is never changed, only followed by another. */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE artifact_content (
    workflow_id TEXT NOT NULL,
    digest TEXT NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (workflow_id, digest)
  ) STRICT;

  CREATE TABLE artifacts (
    workflow_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    identity TEXT NOT NULL,
    project_id TEXT NOT NULL,
    state TEXT NOT NULL,
    role TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    tree_digest TEXT,
    digest TEXT NOT NULL,
    size INTEGER NOT NULL,
    compressed_size INTEGER NOT NULL,
    truncated INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (workflow_id, number),
    UNIQUE (workflow_id, identity),
    FOREIGN KEY (workflow_id, digest) REFERENCES artifact_content (workflow_id, digest)
  ) STRICT;

  CREATE TABLE artifact_marks (
    workflow_id TEXT NOT NULL,
    superseded_by TEXT NOT NULL,
    PRIMARY KEY (workflow_id, superseded_by)
  ) WITHOUT ROWID, STRICT;
  `,
];

/**
 * Brings the database up to what this code knows.
 *
 * @throws BatonError `invalid_input` for one of a newer version or of another program.
 */
export function migrate(database: DatabaseSync, path: string): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
    const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
    const isOurs = tables.some(({ name }) => name === 'artifact_content');
    if (version > MIGRATIONS.length || (version === 0 ? tables.length > 0 : !isOurs)) {
      throw new BatonError(
        'invalid_input',
        `the database ${path} has ${tables.length} tables and schema version ${version}; expected a new one, or one of Baton's artifacts up to version ${MIGRATIONS.length}`,
      );
    }
    for (const sql of MIGRATIONS.slice(version)) database.exec(sql);
    database.exec(`PRAGMA user_version = ${MIGRATIONS.length}`);
    database.exec('COMMIT');
  } catch (reason) {
    database.exec('ROLLBACK');
    throw reason;
  }
}
