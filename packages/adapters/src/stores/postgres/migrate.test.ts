import { setTimeout as sleep } from 'node:timers/promises';
import { createOrchestrator } from '@baton/core';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postgresMissing } from '../testing/private-postgres.ts';
import { migrate } from './migrate.ts';
import { usePostgres } from './testing/use-postgres.ts';

describe.skipIf(postgresMissing())('migrate', () => {
  const { server, open, aSchema } = usePostgres();
  let pool: pg.Pool;
  beforeAll(() => {
    pool = new pg.Pool({ connectionString: server().url });
  });
  afterAll(() => pool?.end());

  const tablesOf = (schema: string) =>
    server().query('SELECT 1 FROM pg_tables WHERE schemaname = $1', [schema]);

  it('runs once, however many ask at once', async () => {
    const schema = aSchema();
    const runs = await Promise.all(Array.from({ length: 8 }, () => migrate(pool, { schema })));
    expect(runs.filter((sql) => sql !== '')).toHaveLength(1);
    expect(await server().query(`SELECT version FROM ${schema}.baton_schema_versions`)).toEqual([
      { version: 1 },
      { version: 2 },
      { version: 3 },
      { version: 4 },
      { version: 5 },
      { version: 6 },
      { version: 7 },
    ]);
  });

  it('is done by one of many stores that all found nothing', async () => {
    const schema = aSchema();
    await expect(Promise.all([1, 2, 3, 4].map(() => open(schema)))).resolves.toHaveLength(4);
  });

  it('may take longer than a statement of the store', async () => {
    const schema = aSchema();
    const other = await pool.connect();
    await other.query(
      `BEGIN; SELECT pg_advisory_xact_lock(x'6261746f'::int, hashtext('${schema}'))`,
    );
    const lines: string[] = [];
    const warn = (line: string) => lines.push(line);
    const opening = open(schema, { queryTimeoutMs: 1000, warn });
    await expect
      .poll(() => lines)
      .toEqual([expect.stringContaining('waiting for another process')]);
    await sleep(1500);
    await other.query('COMMIT');
    other.release();
    await expect(opening).resolves.toBeDefined();
  });

  it('says what it would run, and runs nothing', async () => {
    const schema = aSchema();
    const sql = await migrate(pool, { schema, dryRun: true });
    expect(sql).toContain(`CREATE TABLE "${schema}".build_workflows (`);
    expect(await tablesOf(schema)).toEqual([]);
    // The returned SQL is complete.
    await server().query(sql);
    expect(await migrate(pool, { schema })).toBe('');
    const store = await open(schema, { autoMigrate: false });
    const build = { projectId: 'p', buildId: 'b', userId: 'u', requirements: {} };
    await expect(createOrchestrator({ store }).start(build)).resolves.toBeDefined();
  });

  it('leaves nothing behind when it fails', async () => {
    const schema = aSchema();
    // Blocks the last table.
    await server().query(
      `CREATE SCHEMA ${schema}; CREATE TYPE ${schema}.project_failure_points AS ()`,
    );
    await expect(migrate(pool, { schema })).rejects.toMatchObject({ code: 'unavailable' });
    expect(await tablesOf(schema)).toEqual([]);
    await server().query(`DROP TYPE ${schema}.project_failure_points`);
    expect(await migrate(pool, { schema })).not.toBe('');
  });

  it('takes over the tables of the first version, with the deadlines', async () => {
    const schema = aSchema();
    const before = createOrchestrator({ store: await open(schema) });
    const build = { projectId: 'p', buildId: 'b', userId: 'u', requirements: {} };
    const { workflowId } = await before.start({ ...build, timeoutMs: 60_000 });
    const { deadline } = await before.status({ workflowId });
    await server().query(`
      SET search_path TO ${schema};
      DROP INDEX build_workflows_by_deadline, build_workflows_ready; DROP TABLE leases, permits, baton_documents,
        project_usage;
      CREATE INDEX build_workflows_waiting ON build_workflows (role, not_before, id)
        WHERE role IS NOT NULL;
      ALTER TABLE build_workflows DROP COLUMN times_out_at, DROP COLUMN commit_id,
        DROP COLUMN priority, DROP COLUMN awaiting,
        ALTER COLUMN details TYPE jsonb, ALTER COLUMN discovery_phase TYPE jsonb;
      ALTER TABLE project_stats DROP COLUMN cancelled;
      DELETE FROM baton_schema_versions WHERE version >= 2;
      RESET search_path`);
    const store = await open(schema);
    const overdue = async (now: number) => (await store.listOverdue({ now, limit: 10 })).length;
    expect([await overdue(deadline - 1), await overdue(deadline)]).toEqual([0, 1]);
    await expect(
      createOrchestrator({ store }).rollback({
        workflowId,
        targetState: 'discovery',
        reason: 'from the beginning',
      }),
    ).resolves.toMatchObject({ revision: 2 });
  });

  it('finds what waits for a person in tables of an older version', async () => {
    const schema = aSchema();
    const before = createOrchestrator({ store: await open(schema) });
    const start = (buildId: string) =>
      before.start({ projectId: 'p', buildId, userId: 'u', requirements: {} });
    const { workflowId } = await start('asks');
    await start('works');
    const worker = { workflowId, worker: 'w', roles: ['q_assistant'], leaseMs: 3_600_000 };
    const { claim } = await before.claim(worker);
    const questions = [{ text: 'Which?' }];
    await before.ask({ workflowId, claimToken: claim.token, questions });
    await server().query(`
      ALTER TABLE ${schema}.build_workflows DROP COLUMN awaiting;
      ALTER TABLE ${schema}.project_stats DROP COLUMN cancelled;
      DELETE FROM ${schema}.baton_schema_versions WHERE version >= 6`);
    const store = await open(schema);
    const found = await store.listWorkflows({ awaiting: 'answers', limit: 10 });
    expect(found.map(({ buildId }) => buildId)).toEqual(['asks']);
    expect(await store.listProjects({ after: '', limit: 9 })).toEqual(['p']);
  });

  it('keeps the counters of tables of an older version, and counts cancellations from then on', async () => {
    const schema = aSchema();
    const before = createOrchestrator({ store: await open(schema) });
    const build = { projectId: 'p', buildId: 'b', userId: 'u', requirements: {} };
    const { workflowId } = await before.start(build);
    await server().query(`
      ALTER TABLE ${schema}.project_stats DROP COLUMN cancelled;
      DELETE FROM ${schema}.baton_schema_versions WHERE version = 7`);
    const store = await open(schema);
    expect(await store.readStats('p')).toMatchObject({ total: 1, cancelled: 0 });
    await createOrchestrator({ store }).cancel({ workflowId, reason: 'not wanted' });
    expect(await store.readStats('p')).toMatchObject({ total: 1, cancelled: 1 });
  });

  it('refuses tables of a newer version, and leaves them as they are', async () => {
    const schema = aSchema();
    await migrate(pool, { schema });
    await server().query(`INSERT INTO ${schema}.baton_schema_versions VALUES (99)`);
    const refusal = { code: 'invalid_input', message: expect.stringContaining('version 99') };
    await expect(migrate(pool, { schema })).rejects.toMatchObject(refusal);
    await expect(open(schema)).rejects.toMatchObject(refusal);
  });

  it('is asked for by a store that may not migrate', async () => {
    const schema = aSchema();
    await expect(open(schema, { autoMigrate: false })).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('schema version 0'),
    });
    expect(await tablesOf(schema)).toEqual([]);
  });

  it('needs no superuser, and the store no right to change tables', async () => {
    const schema = aSchema();
    await server().query(`
      CREATE ROLE owner LOGIN; GRANT CREATE ON DATABASE postgres TO owner;
      CREATE ROLE app LOGIN`);
    const as = (role: string) => server().url.replace('baton@', `${role}@`);
    const owner = new pg.Pool({ connectionString: as('owner') });
    await migrate(owner, { schema });
    await owner.query(`GRANT USAGE ON SCHEMA ${schema} TO app;
      GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA ${schema} TO app`);
    await owner.end();
    const store = await open(schema, { connection: as('app') });
    const build = { projectId: 'p', buildId: 'b', userId: 'u', requirements: {} };
    const baton = createOrchestrator({ store });
    const { workflowId } = await baton.start(build);
    await expect(
      baton.claim({ workflowId, worker: 'w', roles: ['q_assistant'], leaseMs: 1000 }),
    ).resolves.toBeDefined();
  });

  it('refuses a database that cannot keep every character', async () => {
    await server().query("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0");
    const connection = server().url.replace(/postgres$/, 'latin');
    await expect(open(aSchema(), { connection })).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('LATIN1'),
    });
  });

  it.each([{ queryTimeoutMs: Number.NaN }, { maxConnections: -1 }])(
    'refuses %j',
    async (options) => {
      await expect(open(aSchema(), options)).rejects.toMatchObject({ code: 'invalid_input' });
    },
  );

  it('refuses a schema name that PostgreSQL would cut off', async () => {
    await expect(migrate(pool, { schema: 'x'.repeat(64) })).rejects.toMatchObject({
      code: 'invalid_input',
    });
  });
});
