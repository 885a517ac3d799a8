import type { DatabaseSchema } from './database-schema.ts';

/*
 * Tables with long rows have a rowid: a batch then appends to the same few pages, while WITHOUT ROWID would
 * touch a page for every workflow.
 */

/** Released migrations never change; new ones follow them. */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE build_workflows (
    id TEXT PRIMARY KEY,
    build_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    current_state TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    completed_at INTEGER,
    discovery_phase TEXT,
    planning_phase TEXT,
    implementation_phase TEXT,
    testing_phase TEXT,
    verification_phase TEXT,
    deployment_phase TEXT,
    other_phases TEXT,
    definition_name TEXT NOT NULL,
    definition_version INTEGER NOT NULL,
    role TEXT,
    revision INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    not_before INTEGER NOT NULL,
    claim_token TEXT,
    claim_expires_at INTEGER,
    requirements TEXT NOT NULL,
    metadata TEXT NOT NULL,
    details TEXT NOT NULL,
    UNIQUE (project_id, build_id)
  ) STRICT;

  CREATE INDEX build_workflows_by_creation ON build_workflows (created_at, id);
  CREATE INDEX build_workflows_by_project ON build_workflows (project_id, created_at, id);
  CREATE INDEX build_workflows_waiting ON build_workflows (role, not_before, id) WHERE role IS NOT NULL;

  CREATE TABLE workflow_handoffs (
    id TEXT GENERATED ALWAYS AS (workflow_id || ':' || number) VIRTUAL,
    workflow_id TEXT NOT NULL REFERENCES build_workflows (id),
    number INTEGER NOT NULL,
    from_role TEXT NOT NULL,
    to_role TEXT,
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    data_transferred TEXT NOT NULL,
    timestamp INTEGER NOT NULL,
    UNIQUE (workflow_id, number)
  ) STRICT;

  CREATE TABLE workflow_events (
    id TEXT GENERATED ALWAYS AS (workflow_id || ':' || sequence) VIRTUAL,
    workflow_id TEXT NOT NULL REFERENCES build_workflows (id),
    sequence INTEGER NOT NULL,
    event_type TEXT NOT NULL,
    triggered_by TEXT NOT NULL,
    event_data TEXT NOT NULL,
    timestamp INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    UNIQUE (workflow_id, sequence)
  ) STRICT;

  CREATE TABLE workflow_replies (
    workflow_id TEXT NOT NULL REFERENCES build_workflows (id),
    request_id TEXT NOT NULL,
    digest TEXT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (workflow_id, request_id)
  ) STRICT;

  CREATE TABLE project_stats (
    project_id TEXT PRIMARY KEY,
    total INTEGER NOT NULL,
    completed INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    completed_duration_ms INTEGER NOT NULL,
    completed_handoffs INTEGER NOT NULL
  ) WITHOUT ROWID, STRICT;

  CREATE TABLE project_failure_points (
    project_id TEXT NOT NULL,
    state TEXT NOT NULL,
    failures INTEGER NOT NULL,
    PRIMARY KEY (project_id, state)
  ) WITHOUT ROWID, STRICT;
  `,
  // A list by state or role must not read every workflow, because nothing else runs meanwhile. The two
  // indexes cost a commit that changes the state about 10 µs of CPU.
  `
  CREATE INDEX build_workflows_by_state ON build_workflows (current_state, created_at, id);
  CREATE INDEX build_workflows_by_role ON build_workflows (role, created_at, id) WHERE role IS NOT NULL;
  `,
  // Rows of older versions have no `commit_id` until their next commit, and no `times_out_at` when they
  // have nothing to do or wait for a person.
  `
  ALTER TABLE build_workflows ADD COLUMN commit_id TEXT;
  ALTER TABLE build_workflows ADD COLUMN times_out_at INTEGER;
  UPDATE build_workflows SET times_out_at = json_extract(details, '$.deadline')
    WHERE role IS NOT NULL AND json_extract(details, '$.awaiting') IS NULL;
  CREATE INDEX build_workflows_by_deadline ON build_workflows (times_out_at, id)
    WHERE times_out_at IS NOT NULL;

  CREATE TABLE leases (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    expires_at INTEGER NOT NULL
  ) WITHOUT ROWID, STRICT;
  `,
  `
  ALTER TABLE build_workflows ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
  DROP INDEX build_workflows_waiting;
  CREATE INDEX build_workflows_ready ON build_workflows
    (role, project_id, priority DESC, not_before, id) WHERE role IS NOT NULL;

  CREATE TABLE permits (
    name TEXT NOT NULL,
    holder TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (name, holder)
  ) WITHOUT ROWID, STRICT;
  `,
  `
  CREATE TABLE baton_documents (
    collection TEXT NOT NULL,
    key TEXT NOT NULL,
    version INTEGER NOT NULL,
    value TEXT NOT NULL,
    UNIQUE (collection, key)
  ) STRICT;
  `,
  `
  CREATE TABLE project_usage (
    project_id TEXT NOT NULL,
    day TEXT NOT NULL,
    role TEXT NOT NULL,
    model TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL,
    requests INTEGER NOT NULL,
    input_tokens INTEGER NOT NULL,
    cached_input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    reasoning_tokens INTEGER NOT NULL,
    cost_nanos INTEGER NOT NULL,
    unpriced_requests INTEGER NOT NULL,
    unsettled_tokens INTEGER NOT NULL,
    unsettled_cost_nanos INTEGER NOT NULL,
    PRIMARY KEY (project_id, day, role, model)
  ) WITHOUT ROWID, STRICT;
  `,
  // What waits for a person never times out meanwhile. Rows that cannot be read stay as they are.
  `
  ALTER TABLE build_workflows ADD COLUMN awaiting TEXT;
  UPDATE build_workflows SET awaiting = json_extract(details, '$.awaiting.kind')
    WHERE role IS NOT NULL AND times_out_at IS NULL AND json_valid(details);
  CREATE INDEX build_workflows_awaiting ON build_workflows (awaiting, created_at, id)
    WHERE awaiting IS NOT NULL;
  `,
  'ALTER TABLE project_stats ADD COLUMN cancelled INTEGER NOT NULL DEFAULT 0;',
];

/** The database of workflows. */
export const WORKFLOWS: DatabaseSchema = {
  of: 'workflows',
  migrations: MIGRATIONS,
  tables: ['build_workflows', 'workflow_handoffs', 'workflow_events', 'workflow_replies'],
};
