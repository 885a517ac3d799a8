import type { DatabaseSchema } from '../../stores/sqlite/database-schema.ts';

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

/** The database of artifacts. */
export const ARTIFACTS: DatabaseSchema = {
  of: 'artifacts',
  migrations: MIGRATIONS,
  tables: ['artifacts', 'artifact_content', 'artifact_marks'],
};
