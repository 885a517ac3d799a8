import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { USAGE_COUNTER_COLUMNS } from '../relational/usage-row.ts';
import { postgresMissing } from '../testing/private-postgres.ts';
import { readWorkflows } from './read.ts';
import { createStatements } from './statements.ts';
import { usePostgres } from './testing/use-postgres.ts';

const ROWS = 20_000;

describe.skipIf(postgresMissing())('the plan of', () => {
  const { server, open, aSchema } = usePostgres();
  let schema: string;
  let client: pg.Client;

  beforeAll(async () => {
    schema = aSchema();
    await open(schema);
    client = new pg.Client({ connectionString: server().url });
    await client.connect();
    // Prepared statements end up with generic plans; every kind of plan is allowed here.
    await client.query(`SET search_path = ${schema}; SET plan_cache_mode = force_generic_plan`);
    await client.query(`
      INSERT INTO build_workflows (id, build_id, project_id, user_id, current_state, created_at,
        updated_at, definition_name, definition_version, role, revision, epoch, sequence, not_before,
        requirements, metadata, details)
      SELECT 'wf_' || i, 'b' || i, 'p' || i % 3, 'u', 's' || i % 11, i, i, 'build', 1, 'r' || i % 5,
        1, 1, 1, i, '{}', '{}', '{}' FROM generate_series(1, ${ROWS}) i;
      INSERT INTO workflow_handoffs (workflow_id, number, from_role, from_state, to_state,
        data_transferred, timestamp)
      SELECT id, 1, 'r', 's', 's', '{}', 1 FROM build_workflows;
      INSERT INTO workflow_events (workflow_id, sequence, event_type, triggered_by, event_data,
        timestamp, revision, epoch)
      SELECT id, 1, 'e', 't', '{}', 1, 1, 1 FROM build_workflows;
      INSERT INTO workflow_replies SELECT id, 'r', 'd', '{}' FROM build_workflows;
      INSERT INTO project_stats SELECT id, i, 1, 1, 1, 1, 1, 0
      FROM build_workflows, generate_series(0, 3) i;
      INSERT INTO baton_documents SELECT project_id, id, 1, '{}' FROM build_workflows;
      INSERT INTO project_usage
      SELECT id, '2026-01-01', i, 'r', 'm', ${USAGE_COUNTER_COLUMNS.map(() => 1)}
      FROM build_workflows, generate_series(0, 3) i;
      INSERT INTO permits SELECT id, '{"t": 1}' FROM build_workflows;
      INSERT INTO project_failure_points SELECT project_id, shard, 's', 1 FROM project_stats;
      ANALYZE`);
  });
  afterAll(() => client?.end());

  async function plan(text: string): Promise<string> {
    const parameters = Math.max(
      0,
      ...[...text.matchAll(/\$(\d+)/g)].map((match) => Number(match[1])),
    );
    const values = Array.from({ length: parameters }, () => 'NULL').join(', ');
    await client.query(`PREPARE it AS ${text}`);
    const { rows } = await client.query(
      `EXPLAIN EXECUTE it${parameters === 0 ? '' : `(${values})`}`,
    );
    await client.query('DEALLOCATE it');
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  }

  it.each(Object.entries(createStatements(undefined)))(
    '%s reads no table from end to end',
    async (_name, { text }) => {
      expect(await plan(text)).not.toContain('Seq Scan');
    },
  );

  it('work for a role goes from project to project by the index, without sorting what waits', async () => {
    const found = await plan(createStatements(undefined).selectClaimable.text);
    const ready =
      'Limit[^\n]*\n *->  Index Scan using build_workflows_ready on [^\n]*\n *Index Cond:';
    const nextProject = String.raw`\(\(role = q.role\) AND \(project_id > `;
    const firstOfProject = String.raw`\(\(role = q_1.role\) AND \(project_id = p_1.project_id\) AND \(not_before <= `;
    expect(found).toMatch(new RegExp(`${ready} ${nextProject}`));
    expect(found).toMatch(new RegExp(`${ready} ${firstOfProject}`));
  });

  it.each([
    [{}, 'build_workflows_by_creation'],
    [{ projectId: 'p1' }, 'build_workflows_by_project'],
    [{ projectId: 'p1', state: 's1' }, 'build_workflows_by_project'],
    [{ state: 's1' }, 'build_workflows_by_creation'],
    [{ awaiting: 'answers' as const }, 'build_workflows_awaiting'],
    [{ newestFirst: true }, 'build_workflows_by_creation'],
    [{ projectId: 'p1', newestFirst: true }, 'build_workflows_by_project'],
    [{ awaiting: 'answers' as const, newestFirst: true }, 'build_workflows_awaiting'],
  ])('a page of %o goes on where the last one ended', async (filter, index) => {
    let asked = '';
    const run = async ({ text }: { text: string }) => {
      asked = text;
      return [];
    };
    const after = { createdAt: 100, id: 'wf_100' };
    await readWorkflows(run, 'build_workflows', { ...filter, after, limit: 10 }, () => []);
    const found = await plan(asked);
    expect(found).toMatch(new RegExp(`Index Scan( Backward)? using ${index}`));
    expect(found).toMatch(/Index Cond: .*ROW\(.*created_at.*, id\) [<>] /);
    expect(found).not.toContain('Sort');
  });
});
