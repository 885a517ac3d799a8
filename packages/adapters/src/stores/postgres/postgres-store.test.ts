import { createOrchestrator, type WorkflowSnapshot, type WorkflowStore } from '@baton/core';
import { describeStoreContract, passingOutputs } from '@baton/core/testing';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { postgresMissing } from '../testing/private-postgres.ts';
import { openPool } from './pool.ts';
import { createPostgresStore } from './postgres-store.ts';
import { usePostgres } from './testing/use-postgres.ts';

describe.skipIf(postgresMissing())('on a real server', () => {
  const { server, open, aSchema, closeAll } = usePostgres();

  describeStoreContract('the PostgreSQL store', async () => {
    const schema = aSchema();
    return {
      store: await open(schema),
      another: () => open(schema),
      destroy: closeAll,
    };
  });

  describe('the PostgreSQL store', () => {
    const build = { projectId: 'p', buildId: 'b', userId: 'u', requirements: { a: 1 } };
    const discovery = {
      role: 'q_assistant',
      completedState: 'discovery',
      result: passingOutputs.discovery,
    };

    async function aWorkflow(store: WorkflowStore, buildId = 'b'): Promise<WorkflowSnapshot> {
      const { workflowId } = await createOrchestrator({ store }).start({ ...build, buildId });
      return ((await store.load(workflowId)) as { snapshot: WorkflowSnapshot }).snapshot;
    }

    it.each([
      [
        'build_workflows',
        'id build_id project_id user_id current_state created_at updated_at completed_at discovery_phase planning_phase implementation_phase testing_phase verification_phase deployment_phase',
      ],
      [
        'workflow_handoffs',
        'id workflow_id from_role to_role from_state to_state data_transferred timestamp',
      ],
      ['workflow_events', 'id workflow_id event_type triggered_by event_data timestamp'],
    ])('has the table %s with the columns that its users know', async (table, columns) => {
      const schema = aSchema();
      await open(schema);
      const found = await server().query(
        'SELECT column_name FROM information_schema.columns WHERE table_schema = $1 AND table_name = $2',
        [schema, table],
      );
      expect(found.map((row) => row['column_name'])).toEqual(
        expect.arrayContaining(columns.split(' ')),
      );
    });

    it('keeps what it acknowledged when it is opened again', async () => {
      const schema = aSchema();
      const first = await open(schema);
      const { id } = await aWorkflow(first);
      await createOrchestrator({ store: first }).advance({ workflowId: id, ...discovery });
      await first.close();
      const baton = createOrchestrator({ store: await open(schema) });
      expect(await baton.status({ workflowId: id })).toMatchObject({
        state: 'planning',
        revision: 2,
      });
    });

    it('names the record that cannot be read, and goes on serving the others', async () => {
      const schema = aSchema();
      const lines: string[] = [];
      const store = await open(schema, { warn: (line) => lines.push(line) });
      const { id } = await aWorkflow(store);
      const other = await aWorkflow(store, 'other');
      await server().query(`UPDATE ${schema}.build_workflows SET details = '{}' WHERE id = $1`, [
        id,
      ]);
      await expect(store.load(id)).rejects.toMatchObject({
        code: 'data_loss',
        metadata: { table: 'build_workflows', id, column: 'details' },
      });
      const kept = await server().query(
        `SELECT details FROM ${schema}.build_workflows WHERE id = $1`,
        [id],
      );
      expect(kept).toEqual([{ details: {} }]);
      await expect(store.load(other.id)).resolves.toBeDefined();
      const query = { roles: ['q_assistant'], now: Date.now() + 1000, limit: 10 };
      for (let turn = 0; turn < 2; turn++) {
        const found = await store.listClaimable(query);
        expect(found.map((snapshot) => snapshot.id)).toEqual([other.id]);
        const listed = await store.listWorkflows({ limit: 1 });
        expect(listed.map((snapshot) => snapshot.id)).toEqual([other.id]);
      }
      expect(lines).toEqual([expect.stringContaining(`build_workflows '${id}'`)]);
    });

    it('works on a pool of its user, which it leaves open', async () => {
      const connection = new pg.Pool({ connectionString: server().url });
      try {
        const store = await createPostgresStore({ connection, schema: aSchema() });
        const { id } = await aWorkflow(store);
        expect(await store.load(id)).toBeDefined();
        await store.close();
        await expect(store.load(id)).rejects.toMatchObject({ code: 'unavailable' });
        await expect(connection.query('SELECT 1')).resolves.toBeDefined();
      } finally {
        await connection.end();
      }
    });

    it('is unavailable once it is closed, however often', async () => {
      const store = await open(aSchema());
      await store.close();
      await store.close();
      await expect(store.load('wf_1')).rejects.toMatchObject({ code: 'unavailable' });
    });

    it('commits to the disk whatever the default of the database is', async () => {
      await server().query('ALTER ROLE baton SET synchronous_commit = off');
      const query = "SELECT setting FROM pg_settings WHERE name = 'synchronous_commit'";
      try {
        expect((await server().query(query))[0]).toEqual({ setting: 'off' });
        const options = { queryTimeoutMs: 1000, maxConnections: 1 };
        const { pool } = await openPool(server().url, options);
        expect((await pool.query({ text: query })).rows).toEqual([{ setting: 'on' }]);
        await pool.end();
      } finally {
        await server().query('ALTER ROLE baton RESET synchronous_commit');
      }
    });

    it('keeps workflows of two schemas apart on one pool', async () => {
      const connection = new pg.Pool({ connectionString: server().url, max: 1 });
      const [a, b] = await Promise.all(
        [aSchema(), aSchema()].map((schema) => createPostgresStore({ connection, schema })),
      );
      const { id } = await aWorkflow(a as WorkflowStore);
      expect(await b?.load(id)).toBeUndefined();
      await connection.end();
    });
  });
});
