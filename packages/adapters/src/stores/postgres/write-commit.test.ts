import {
  type Commit,
  createOrchestrator,
  NO_STATS,
  type WorkflowSnapshot,
  type WorkflowStore,
} from '@baton/core';
import { passingOutputs } from '@baton/core/testing';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { startPostgresProxy } from '../testing/postgres-proxy.ts';
import { postgresMissing } from '../testing/private-postgres.ts';
import { usePostgres } from './testing/use-postgres.ts';

const build = { projectId: 'p', userId: 'u', requirements: { a: 1 } };
let builds = 0;

async function workflows(store: WorkflowStore, count: number): Promise<WorkflowSnapshot[]> {
  const baton = createOrchestrator({ store });
  const started = Array.from({ length: count }, () =>
    baton.start({ ...build, buildId: `b${builds++}` }),
  );
  const ids = (await Promise.all(started)).map(({ workflowId }) => workflowId);
  const loaded = await Promise.all(ids.map((id) => store.load(id)));
  return loaded.map((found) => (found as { snapshot: WorkflowSnapshot }).snapshot);
}

function next(snapshot: WorkflowSnapshot, patch: Partial<WorkflowSnapshot> = {}): Commit {
  const after = { ...snapshot, ...patch, revision: snapshot.revision + 1 };
  return { snapshot: after, follows: snapshot, changedOutputs: [], handoffs: [], events: [] };
}

const kinds = (results: readonly { kind: string }[]) => results.map(({ kind }) => kind);

describe.skipIf(postgresMissing())('a batch of commits', () => {
  const { server, open, aSchema } = usePostgres();

  it('is one round trip, and so is an advance', async () => {
    const proxy = await startPostgresProxy(server().port);
    const connection = proxy.url(server().url);
    const store = await open(aSchema(), { connection, maxConnections: 1 });
    const baton = createOrchestrator({ store });
    const all = await workflows(store, 5);
    const trips = async (work: () => Promise<unknown>): Promise<number> => {
      const before = proxy.roundTrips;
      await work();
      return proxy.roundTrips - before;
    };
    expect(await trips(() => store.commit(all.map((one) => next(one))))).toBe(1);
    const { workflowId } = await baton.start({ ...build, buildId: `b${builds++}` });
    const advance = {
      workflowId,
      role: 'q_assistant',
      completedState: 'discovery',
      result: passingOutputs.discovery,
      requestId: 'r',
    };
    expect(await trips(() => baton.advance(advance))).toBe(1);
    expect(await trips(() => baton.start({ ...build, buildId: `b${builds++}` }))).toBe(1);
    await store.close();
    await proxy.close();
  });

  it('writes the neighbours of a commit that the server refuses', async () => {
    const store = await open(aSchema());
    const [first, bad, last] = (await workflows(store, 3)) as [
      WorkflowSnapshot,
      WorkflowSnapshot,
      WorkflowSnapshot,
    ];
    const taken = {
      workflowId: bad.id,
      sequence: 1,
      type: 'state_advanced',
      triggeredBy: 'test',
      data: {},
      at: 1,
      revision: 2,
      epoch: 1,
    } as const;
    const commits = [next(first), { ...next(bad), events: [taken] }, next(last)];
    const results = await store.commit(commits);
    expect(kinds(results)).toEqual(['committed', 'failed', 'committed']);
    expect(results[1]).toMatchObject({ error: { code: 'internal', retryable: false } });
    expect((await store.load(bad.id))?.snapshot).toEqual(bad);
  });

  it('refuses what cannot be stored, and only that, before the server sees it', async () => {
    const proxy = await startPostgresProxy(server().port);
    const connection = proxy.url(server().url);
    const store = await open(aSchema(), { connection, maxConnections: 1 });
    const [nul, surrogate, shape, good] = (await workflows(store, 4)) as [
      WorkflowSnapshot,
      WorkflowSnapshot,
      WorkflowSnapshot,
      WorkflowSnapshot,
    ];
    const before = proxy.roundTrips;
    const results = await store.commit([
      next(nul, { role: 'a\u0000b' }),
      next(surrogate, { feedback: { reason: '\ud800' } as WorkflowSnapshot['feedback'] }),
      next(shape, { role: {} as string }),
      next(good),
    ]);
    expect(proxy.roundTrips - before).toBe(1);
    expect(results).toMatchObject([
      { kind: 'failed', error: { code: 'invalid_input' } },
      { kind: 'failed', error: { code: 'invalid_input' } },
      { kind: 'failed', error: { code: 'internal' } },
      { kind: 'committed' },
    ]);
    await expect(store.load('a\u0000b')).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(store.load('\ud800')).rejects.toMatchObject({ code: 'invalid_input' });
    await store.close();
    await proxy.close();
  });

  it('keeps the outputs that it does not name, and withdraws those it names without a value', async () => {
    const schema = aSchema();
    const store = await open(schema);
    const [one] = (await workflows(store, 1)) as [WorkflowSnapshot];
    const path = ['discovery', 'planning', 'review'].map((phase) => ({
      phase,
      enteredAt: 1,
      checkpoint: undefined,
      performers: undefined,
    }));
    const outputs = { discovery: { n: 1 }, planning: { n: 2 }, review: { n: 3 } };
    const written = next(one, { path, outputs });
    await store.commit([{ ...written, changedOutputs: Object.keys(outputs) }]);
    const withdrawn = next(written.snapshot, { outputs: { discovery: { n: 1 } } });
    await store.commit([{ ...withdrawn, changedOutputs: ['planning', 'review'] }]);
    expect((await store.load(one.id))?.snapshot.outputs).toEqual({ discovery: { n: 1 } });
  });

  it('answers one request that comes twice at once with one reply', async () => {
    const schema = aSchema();
    const stores = [await open(schema), await open(schema)];
    for (let round = 0; round < 20; round++) {
      const [one] = (await workflows(stores[0] as WorkflowStore, 1)) as [WorkflowSnapshot];
      const results = await Promise.all(
        stores.map((store, i) => {
          const reply = { requestId: 'r', digest: 'd', body: { by: i } };
          return store.commit([{ ...next(one), reply }]);
        }),
      );
      expect(kinds(results.flat()).sort()).toEqual(['committed', 'duplicate']);
    }
  });

  it('never waits in a circle with batches of others, in whatever order they come', async () => {
    const schema = aSchema();
    const stores = await Promise.all([1, 2, 3].map(() => open(schema, { maxConnections: 2 })));
    const ids = (await workflows(stores[0] as WorkflowStore, 60)).map(({ id }) => id);
    const write = async (store: WorkflowStore, order: readonly string[]): Promise<number> => {
      let committed = 0;
      for (let round = 0; round < 15; round++) {
        const loaded = await Promise.all(order.map((id) => store.load(id)));
        const batch = loaded.map((found, i) => {
          const { snapshot } = found as { snapshot: WorkflowSnapshot };
          const projectId = `p${i % 7}`;
          const stats = {
            total: 1,
            completed: 0,
            cancelled: 0,
            failed: 1,
            completedDurationMs: 0,
            completedHandoffs: 0,
            failurePoint: `s${i % 5}`,
          };
          return { ...next(snapshot, { projectId }), stats };
        });
        committed += kinds(await store.commit(batch)).filter((kind) => kind === 'committed').length;
      }
      return committed;
    };
    const orders = [ids, ids.toReversed(), ids.toSorted()];
    const written = await Promise.all(
      stores.map((store, i) => write(store, orders[i] as string[])),
    );
    const total = written.reduce((sum, count) => sum + count, 0);
    const [{ revisions } = {}] = await server().query(
      `SELECT sum(revision - 1)::int4 AS revisions FROM ${schema}.build_workflows`,
    );
    expect(revisions).toBe(total);
    const [{ deadlocks } = {}] = await server().query(
      'SELECT deadlocks::int4 FROM pg_stat_database WHERE datname = current_database()',
    );
    expect(deadlocks).toBe(0);
  });

  it('counts what many connections count at once, in a few rows a project', async () => {
    const schema = aSchema();
    const store = await open(schema, { maxConnections: 48 });
    const all = await workflows(store, 48 * 6);
    const stats = {
      total: 1,
      completed: 0,
      failed: 0,
      cancelled: 0,
      completedDurationMs: 0,
      completedHandoffs: 0,
      failurePoint: 'testing',
    };
    // The first round finds no rows and opens the connections; later ones collide.
    for (let round = 1; round <= 5; round++) {
      const batches = Array.from({ length: 48 }, (_, i) =>
        all.slice(i * 6, i * 6 + 6).map((snapshot, project) => ({
          ...next({ ...snapshot, revision: round }, { projectId: `q${project}` }),
          stats,
        })),
      );
      const results = await Promise.all(batches.map((batch) => store.commit(batch)));
      expect(new Set(kinds(results.flat()))).toEqual(new Set(['committed']));
    }
    for (let project = 0; project < 6; project++) {
      expect(await store.readStats(`q${project}`)).toMatchObject({
        total: 5 * 48,
        failurePoints: { testing: 5 * 48 },
      });
    }
    const [{ rows } = {}] = await server().query(
      `SELECT count(*)::int4 AS rows FROM ${schema}.project_stats WHERE project_id = 'q0'`,
    );
    expect(rows).toBeGreaterThan(1);
    expect(rows).toBeLessThanOrEqual(32);
  });

  it('waits for the counters of the first project before it locks those of another', async () => {
    const schema = aSchema();
    const store = await open(schema, { maxConnections: 1 });
    const all = await workflows(store, 6);
    const stats = { ...NO_STATS, total: 1 };
    const batch = (revision: number) =>
      all.map((snapshot, i) => ({
        ...next({ ...snapshot, revision }, { projectId: `q${(i + revision) % 6}` }),
        stats,
      }));
    await store.commit(batch(1));
    const holder = new pg.Client({ connectionString: server().url });
    await holder.connect();
    for (let round = 2; round < 7; round++) {
      const lock = `SELECT FROM ${schema}.project_stats WHERE project_id`;
      await holder.query(`BEGIN; ${lock} = 'q0' FOR UPDATE`);
      const writing = store.commit(batch(round));
      const waiting = "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
      await expect.poll(() => server().query(waiting)).toHaveLength(1);
      await holder.query(`${lock} > 'q0' FOR UPDATE NOWAIT`);
      await holder.query('COMMIT');
      await writing;
    }
    await holder.end();
  });
});
