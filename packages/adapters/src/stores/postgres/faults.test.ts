import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { createOrchestrator, type WorkflowSnapshot, type WorkflowStore } from '@baton/core';
import { passingOutputs } from '@baton/core/testing';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { startPostgresProxy } from '../testing/postgres-proxy.ts';
import { postgresMissing } from '../testing/private-postgres.ts';
import { createPostgresStore } from './postgres-store.ts';
import { recordBuilds } from './testing/recorded-builds.ts';
import { usePostgres } from './testing/use-postgres.ts';

const build = { projectId: 'p', buildId: 'b', userId: 'u', requirements: {} };
const UNAVAILABLE = { code: 'unavailable', retryable: true };

describe.skipIf(postgresMissing())('the PostgreSQL store', () => {
  const { server, open, aSchema } = usePostgres();

  async function begin(store: WorkflowStore) {
    const baton = createOrchestrator({ store });
    const { workflowId } = await baton.start(build);
    const advance = (requestId: string) =>
      baton.advance({
        workflowId,
        role: 'q_assistant',
        completedState: 'discovery',
        result: passingOutputs.discovery,
        requestId,
      });
    const snapshot = async () => (await store.load(workflowId))?.snapshot as WorkflowSnapshot;
    return { workflowId, advance, snapshot };
  }

  it('has every acknowledged commit, once, when the server was killed under load', async () => {
    const schema = aSchema();
    const store = await open(schema, { queryTimeoutMs: 2000 });
    const enough = new AbortController();
    const recording = recordBuilds(store, 16, enough.signal);
    for (let kills = 0; kills < 3; kills++) {
      await sleep(300);
      await server().kill();
      await server().start();
    }
    await sleep(300);
    enough.abort();
    const { acknowledged, unavailable } = await recording;
    expect(unavailable).toBeGreaterThan(0);
    expect(acknowledged.size).toBeGreaterThanOrEqual(16);
    const numbers = Array.from({ length: 11 }, (_, i) => i + 1);
    for (const [workflowId, revisions] of acknowledged) {
      expect(revisions).toEqual(numbers);
      const page = { workflowId, after: 0, limit: 100 };
      const events = await store.readEvents(page);
      expect(events.map(({ sequence }) => sequence)).toEqual(numbers);
      expect(events.map(({ revision }) => revision)).toEqual(numbers);
      expect(await store.readHandoffs(page)).toHaveLength(10);
    }
    const stored = await server().query(`SELECT count(*)::int4 FROM ${schema}.build_workflows`);
    expect(stored).toEqual([{ count: acknowledged.size }]);
    expect(await store.readStats('p')).toMatchObject({
      total: acknowledged.size,
      completed: acknowledged.size,
    });
  });

  it('is unavailable while the server hangs, and goes on when it does', async () => {
    const store = await open(aSchema(), { queryTimeoutMs: 1000 });
    const { advance, snapshot } = await begin(store);
    server().pause();
    try {
      await expect(advance('r')).rejects.toMatchObject(UNAVAILABLE);
      // Statements that need a new connection fail, too.
      await expect(snapshot()).rejects.toMatchObject(UNAVAILABLE);
    } finally {
      server().resume();
    }
    await expect(advance('r')).resolves.toMatchObject({ state: 'planning', revision: 2 });
    expect(await snapshot()).toMatchObject({ revision: 2, handoffs: 1 });
  });

  it('is unavailable when a lock is held for too long', async () => {
    const schema = aSchema();
    const store = await open(schema, { queryTimeoutMs: 1000 });
    const { advance, snapshot } = await begin(store);
    const holder = new pg.Client({ connectionString: server().url });
    await holder.connect();
    await holder.query(`BEGIN; SELECT FROM ${schema}.build_workflows FOR UPDATE`);
    await expect(advance('r')).rejects.toMatchObject(UNAVAILABLE);
    await holder.end();
    await expect(advance('r')).resolves.toMatchObject({ state: 'planning' });
    expect(await snapshot()).toMatchObject({ revision: 2 });
  });

  it('commits once when it is cut off in the middle of the answer', async () => {
    const proxy = await startPostgresProxy(server().port);
    const store = await open(aSchema(), { connection: proxy.url(server().url) });
    const { advance, snapshot } = await begin(store);
    proxy.cutNextReply();
    await expect(advance('r')).rejects.toMatchObject(UNAVAILABLE);
    expect(await snapshot()).toMatchObject({ revision: 2 });
    await expect(advance('r')).resolves.toMatchObject({ state: 'planning', revision: 2 });
    await store.close();
    await proxy.close();
  });

  it('survives that idle connections break, its own and those of a pool of its user', async () => {
    const schema = aSchema();
    const connection = new pg.Pool({ connectionString: server().url, max: 1 });
    const stores = [await open(schema), await createPostgresStore({ connection, schema })];
    const broken = once(connection, 'error');
    await server().query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()',
    );
    await broken;
    // The store's own pool may notice it a moment later.
    for (const store of stores) {
      await expect.poll(() => store.load('wf')).toBeUndefined();
    }
    await stores[1]?.close();
    await connection.end();
  });

  it('survives that connections break while it is closing', async () => {
    const store = await open(aSchema());
    await Promise.all(Array.from({ length: 10 }, () => store.load('wf')));
    const connections = await server().query(
      "SELECT pid FROM pg_stat_activity WHERE application_name = 'baton'",
    );
    server().pause();
    await store.close();
    // When it continues, the server first says that it ends the connection.
    for (const { pid } of connections) process.kill(pid as number, 'SIGTERM');
    server().resume();
    await sleep(100);
  });

  it('says that it is unavailable where there is no server', async () => {
    const schema = aSchema();
    const connection = server().url.replace(/:\d+\//, ':1/');
    await expect(open(schema, { connection })).rejects.toMatchObject(UNAVAILABLE);
  });
});
