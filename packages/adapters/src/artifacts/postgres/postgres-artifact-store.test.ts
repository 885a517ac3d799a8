import type { ArtifactStore } from '@baton/core';
import { type ArtifactLimits, describeArtifactContract } from '@baton/core/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type PrivatePostgres,
  postgresMissing,
  startPrivatePostgres,
} from '../../stores/testing/private-postgres.ts';
import { createPostgresArtifactStore } from './postgres-artifact-store.ts';

let schemas = 0;

/** Transactions that wait for a lock on a table. */
const WAITING = `SELECT count(*) FROM pg_locks WHERE NOT granted`;

describe.skipIf(postgresMissing())('on a real server', () => {
  let server: PrivatePostgres;
  beforeAll(async () => {
    server = await startPrivatePostgres();
  });
  afterAll(() => server?.destroy());

  describeArtifactContract('a PostgreSQL database', async () => {
    const schema = `test_${schemas++}`;
    const opened: ArtifactStore[] = [];
    async function another(limits: ArtifactLimits = {}): Promise<ArtifactStore> {
      const store = await createPostgresArtifactStore({
        connection: server.url,
        schema,
        ...limits,
      });
      opened.push(store);
      return store;
    }
    return {
      store: await another(),
      another,
      async damage(workflowId, digest) {
        await server.query(
          `UPDATE ${schema}.artifact_content SET content = '\\x28b52ffd' WHERE workflow_id = $1 AND digest = $2`,
          [workflowId, digest],
        );
      },
      async destroy() {
        for (const store of opened) await store.close();
      },
    };
  });

  describe('a PostgreSQL database of artifacts', () => {
    it('may be opened by many at once, and with a pool of the user, who closes it', async () => {
      const pool = new pg.Pool({ connectionString: server.url });
      const options = { connection: pool, schema: `test_${schemas++}` };
      const stores = await Promise.all(
        Array.from({ length: 5 }, () => createPostgresArtifactStore(options)),
      );
      for (const store of stores) await store.close();
      expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
      await pool.end();
    });

    it('is not one of a newer version', async () => {
      const schema = `test_${schemas++}`;
      const connection = server.url;
      await (await createPostgresArtifactStore({ connection, schema })).close();
      await server.query(`INSERT INTO ${schema}.artifact_versions VALUES (99)`);
      await expect(createPostgresArtifactStore({ connection, schema })).rejects.toMatchObject({
        code: 'invalid_input',
        message: expect.stringContaining('version 99'),
      });
    });

    it('that goes away in the middle of a write is unavailable, and the process goes on', async () => {
      const schema = `test_${schemas++}`;
      const store = await createPostgresArtifactStore({ connection: server.url, schema });
      const other = new pg.Client({ connectionString: server.url });
      other.on('error', () => undefined);
      await other.connect();
      await other.query(`BEGIN; LOCK TABLE ${schema}.artifacts`);
      const meta = {
        ...{ workflowId: 'wf_1', projectId: 'shop', state: 'testing', role: 'test_auditor' },
        ...{ epoch: 1, attempt: 1, name: 'test', mediaType: 'text/plain', createdAt: 1 },
      };
      const writing = store.write({ ...meta, kind: 'output' }, Buffer.from('said'));
      const settled = Promise.allSettled([writing]);
      await expect
        .poll(async () => (await server.query(WAITING)).map(({ count }) => count))
        .toEqual(['1']);
      await server.kill();
      expect(await settled).toMatchObject([{ reason: { code: 'unavailable', retryable: true } }]);
      await server.start();
      await store.write({ ...meta, kind: 'output' }, Buffer.from('said'));
      await store.close();
      await other.end().catch(() => undefined);
    });

    it('that is away is unavailable, until it is back', async () => {
      const schema = `test_${schemas++}`;
      const store = await createPostgresArtifactStore({ connection: server.url, schema });
      const list = () => store.list({ workflowId: 'wf_1', after: 0, limit: 1 });
      await server.kill();
      await expect(list()).rejects.toMatchObject({ code: 'unavailable', retryable: true });
      await server.start();
      expect(await list()).toEqual([]);
      await store.close();
    });
  });
});
