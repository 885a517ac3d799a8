import { createPostgresStore } from '@baton/adapters/postgres';
import pg from 'pg';
import { CREATE_COLUMNS } from '../../../packages/adapters/src/stores/postgres/columns.ts';
import {
  toCreateRecords,
  toParameters,
} from '../../../packages/adapters/src/stores/postgres/records.ts';
import { createStatements } from '../../../packages/adapters/src/stores/postgres/statements.ts';
import { startPrivatePostgres } from '../../../packages/adapters/src/stores/testing/private-postgres.ts';
import type { ScaledStore } from './scaled-store.ts';

const TABLES = [
  'build_workflows',
  'workflow_handoffs',
  'workflow_events',
  'workflow_replies',
  'project_failure_points',
];

/** Only read: its writes need not reach the disk. */
export async function createScaledPostgres(): Promise<ScaledStore> {
  const server = await startPrivatePostgres([
    'fsync=off',
    'max_wal_size=4GB',
    'shared_buffers=512MB',
  ]);
  const pool = new pg.Pool({ connectionString: server.url, max: 1 });

  return {
    name: 'PostgreSQL',
    open: (schema) => createPostgresStore({ connection: server.url, schema }),

    /** The statement that creates, with many workflows in it. */
    async load(schema, creates) {
      const values = toParameters(CREATE_COLUMNS, creates.map(toCreateRecords));
      const { rowCount } = await pool.query({ ...createStatements(schema).create, values });
      if (rowCount === creates.length) return;
      throw new Error(`of ${creates.length} workflows PostgreSQL took ${rowCount}`);
    },

    async settle(schema) {
      for (const table of [...TABLES, 'project_stats']) {
        await pool.query(`VACUUM ANALYZE ${schema}.${table}`);
      }
      await pool.query('CHECKPOINT');
    },

    async dump(schema) {
      const found: string[] = [];
      for (const table of TABLES) {
        const text = `SELECT to_jsonb(t)::text AS row FROM ${schema}.${table} t ORDER BY 1`;
        for (const { row } of (await pool.query(text)).rows) found.push(`${table} ${row}`);
      }
      // Which of a project's rows is added to depends on the connection: their sums do not.
      const sums = `SELECT project_id, sum(total), sum(completed), sum(failed),
        sum(completed_duration_ms), sum(completed_handoffs) FROM ${schema}.project_stats
        GROUP BY project_id ORDER BY 1`;
      const { rows } = await pool.query({ text: sums, rowMode: 'array' });
      return [...found, ...rows.map((row) => `project_stats ${JSON.stringify(row)}`)];
    },

    async destroy() {
      await pool.end();
      await server.destroy();
    },
  };
}
