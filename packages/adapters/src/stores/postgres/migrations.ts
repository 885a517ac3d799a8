import { USAGE_COUNTER_COLUMNS } from '../relational/usage-row.ts';
import { OUTPUT_COLUMNS } from '../relational/workflow-row.ts';

/*
 * Released migrations never change; new ones follow them. `t` returns a table's name with its schema.
 *
 * Times are milliseconds since the Unix epoch, as everywhere in Baton; in SQL,
 * `to_timestamp(created_at / 1000.0)`. Ids are compared by byte (COLLATE "C"), so that the order of pages
 * does not depend on the server's locale.
 *
 * Indexes and their queries, apart from primary keys and UNIQUE constraints:
 * - build_workflows_by_creation: a page of all workflows. It is on an expression, so that queries for one
 *   project do not use it.
 * - build_workflows_by_project: a page of a project's workflows.
 * - build_workflows_ready: work for a role by project, the most urgent and longest waiting of each first.
 * - build_workflows_by_deadline: overdue workflows.
 * - build_workflows_awaiting: a page of what waits for a person.
 * Handoffs, events and replies are found by their primary keys, which begin with the workflow.
 *
 * Counters are spread over rows (`shard`) and summed when read, so that concurrent commits of one project
 * seldom wait for each other.
 */

export type TableNames = (table: string) => string;

export const MIGRATIONS: readonly ((t: TableNames) => string)[] = [
  (t) => `
CREATE TABLE ${t('build_workflows')} (
  id text COLLATE "C" PRIMARY KEY,
  build_id text COLLATE "C" NOT NULL,
  project_id text COLLATE "C" NOT NULL,
  user_id text NOT NULL,
  current_state text NOT NULL,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  completed_at bigint,
  discovery_phase jsonb,
  planning_phase jsonb,
  implementation_phase jsonb,
  testing_phase jsonb,
  verification_phase jsonb,
  deployment_phase jsonb,
  other_phases jsonb,
  definition_name text NOT NULL,
  definition_version bigint NOT NULL,
  role text COLLATE "C",
  revision bigint NOT NULL,
  epoch bigint NOT NULL,
  sequence bigint NOT NULL,
  not_before bigint NOT NULL,
  claim_token text,
  claim_expires_at bigint,
  requirements jsonb NOT NULL,
  metadata jsonb NOT NULL,
  details jsonb NOT NULL,
  UNIQUE (project_id, build_id)
) WITH (fillfactor = 80);

CREATE INDEX build_workflows_by_creation ON ${t('build_workflows')} ((created_at + 0), id);
CREATE INDEX build_workflows_by_project ON ${t('build_workflows')} (project_id, created_at, id);
CREATE INDEX build_workflows_waiting ON ${t('build_workflows')} (role, not_before, id)
  WHERE role IS NOT NULL;

CREATE TABLE ${t('workflow_handoffs')} (
  id text GENERATED ALWAYS AS (workflow_id || ':' || number::text) STORED,
  workflow_id text COLLATE "C" NOT NULL REFERENCES ${t('build_workflows')} (id),
  number bigint NOT NULL,
  from_role text NOT NULL,
  to_role text,
  from_state text NOT NULL,
  to_state text NOT NULL,
  data_transferred jsonb NOT NULL,
  timestamp bigint NOT NULL,
  PRIMARY KEY (workflow_id, number)
);

CREATE TABLE ${t('workflow_events')} (
  id text GENERATED ALWAYS AS (workflow_id || ':' || sequence::text) STORED,
  workflow_id text COLLATE "C" NOT NULL REFERENCES ${t('build_workflows')} (id),
  sequence bigint NOT NULL,
  event_type text NOT NULL,
  triggered_by text NOT NULL,
  event_data jsonb NOT NULL,
  timestamp bigint NOT NULL,
  revision bigint NOT NULL,
  epoch bigint NOT NULL,
  PRIMARY KEY (workflow_id, sequence)
);

CREATE TABLE ${t('workflow_replies')} (
  workflow_id text COLLATE "C" NOT NULL REFERENCES ${t('build_workflows')} (id),
  request_id text COLLATE "C" NOT NULL,
  digest text NOT NULL,
  body jsonb NOT NULL,
  PRIMARY KEY (workflow_id, request_id)
);

CREATE TABLE ${t('project_stats')} (
  project_id text COLLATE "C" NOT NULL,
  shard smallint NOT NULL,
  total bigint NOT NULL,
  completed bigint NOT NULL,
  failed bigint NOT NULL,
  completed_duration_ms bigint NOT NULL,
  completed_handoffs bigint NOT NULL,
  PRIMARY KEY (project_id, shard)
) WITH (fillfactor = 50);

CREATE TABLE ${t('project_failure_points')} (
  project_id text COLLATE "C" NOT NULL,
  shard smallint NOT NULL,
  state text COLLATE "C" NOT NULL,
  failures bigint NOT NULL,
  PRIMARY KEY (project_id, shard, state)
) WITH (fillfactor = 50);
`,
  // Rows of older versions have no `commit_id` until their next commit, and no `times_out_at` when they have
  // nothing to do or wait for a person. Payloads keep the order of their members, which jsonb does not.
  (t) => `
ALTER TABLE ${t('build_workflows')} ADD COLUMN commit_id text;
ALTER TABLE ${t('build_workflows')} ADD COLUMN times_out_at bigint;
UPDATE ${t('build_workflows')} SET times_out_at = (details->>'deadline')::bigint
  WHERE role IS NOT NULL AND details->'awaiting' IS NULL;
CREATE INDEX build_workflows_by_deadline ON ${t('build_workflows')} (times_out_at, id)
  WHERE times_out_at IS NOT NULL;

${asJson(t, 'build_workflows', [...OUTPUT_COLUMNS, 'requirements', 'metadata', 'details'])}
${asJson(t, 'workflow_handoffs', ['data_transferred'])}
${asJson(t, 'workflow_events', ['event_data'])}
${asJson(t, 'workflow_replies', ['body'])}

CREATE TABLE ${t('leases')} (
  name text PRIMARY KEY,
  holder text NOT NULL,
  expires_at timestamptz NOT NULL
);
`,
  // The holders of a permit stand in one row, so that one statement decides on what is stored.
  (t) => `
ALTER TABLE ${t('build_workflows')} ADD COLUMN priority bigint NOT NULL DEFAULT 0;
DROP INDEX ${t('build_workflows_waiting')};
CREATE INDEX build_workflows_ready ON ${t('build_workflows')}
  (role, project_id, priority DESC, not_before, id) WHERE role IS NOT NULL;

CREATE TABLE ${t('permits')} (
  name text COLLATE "C" PRIMARY KEY,
  holders jsonb NOT NULL
);
`,
  (t) => `
CREATE TABLE ${t('baton_documents')} (
  collection text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  version bigint NOT NULL,
  value json NOT NULL,
  PRIMARY KEY (collection, key)
);
`,
  (t) => `
CREATE TABLE ${t('project_usage')} (
  project_id text COLLATE "C" NOT NULL,
  day text COLLATE "C" NOT NULL,
  shard smallint NOT NULL,
  role text COLLATE "C" NOT NULL,
  model text COLLATE "C" NOT NULL,
  ${USAGE_COUNTER_COLUMNS.map((column) => `${column} bigint NOT NULL,`).join('\n  ')}
  PRIMARY KEY (project_id, day, shard, role, model)
) WITH (fillfactor = 50);
`,
  // What waits for a person never times out meanwhile.
  (t) => `
ALTER TABLE ${t('build_workflows')} ADD COLUMN awaiting text;
UPDATE ${t('build_workflows')} SET awaiting = details->'awaiting'->>'kind'
  WHERE role IS NOT NULL AND times_out_at IS NULL;
CREATE INDEX build_workflows_awaiting ON ${t('build_workflows')} (awaiting, created_at, id)
  WHERE awaiting IS NOT NULL;
`,
  (t) => `
ALTER TABLE ${t('project_stats')} ADD COLUMN cancelled bigint NOT NULL DEFAULT 0;
`,
];

function asJson(t: TableNames, table: string, columns: readonly string[]): string {
  const changes = columns.map((column) => `ALTER COLUMN ${column} TYPE json`);
  return `ALTER TABLE ${t(table)} ${changes.join(', ')};`;
}
