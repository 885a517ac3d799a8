import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync, StatementSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { createOrchestrator, type WorkflowSnapshot, type WorkflowStore } from '@baton/core';
import { describeStoreContract, passingOutputs } from '@baton/core/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { listSql } from './list-sql.ts';
import { createSqliteStore } from './sqlite-store.ts';
import type { SqliteStoreOptions } from './sqlite-store-options.ts';
import { prepareStatements } from './statements.ts';

const folders: string[] = [];
const opened: WorkflowStore[] = [];

function aFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'baton-sqlite-'));
  folders.push(folder);
  return join(folder, 'deep', 'er', 'baton.db');
}

const lines: string[] = [];

async function open(path: string, busyTimeoutMs = 10_000): Promise<WorkflowStore> {
  const warn = (line: string) => lines.push(line);
  const store = await createSqliteStore({ path, busyTimeoutMs, warn });
  opened.push(store);
  return store;
}

async function cleanUp(): Promise<void> {
  for (const store of opened.splice(0)) await store.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
}

describeStoreContract('the SQLite store', async () => {
  const path = aFile();
  return { store: await open(path), another: async () => open(path), destroy: cleanUp };
});

describe('the SQLite store', () => {
  afterEach(cleanUp);

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

  it('has the tables and columns that its users know', async () => {
    const path = aFile();
    await open(path);
    const database = new DatabaseSync(path);
    const columns = (table: string) =>
      database
        .prepare(`PRAGMA table_xinfo(${table})`)
        .all()
        .map(({ name }) => name);
    expect(columns('build_workflows')).toEqual(
      expect.arrayContaining(
        'id build_id project_id user_id current_state created_at updated_at completed_at discovery_phase planning_phase implementation_phase testing_phase verification_phase deployment_phase'.split(
          ' ',
        ),
      ),
    );
    expect(columns('workflow_handoffs')).toEqual(
      expect.arrayContaining(
        'id workflow_id from_role to_role from_state to_state data_transferred timestamp'.split(
          ' ',
        ),
      ),
    );
    expect(columns('workflow_events')).toEqual(
      expect.arrayContaining(
        'id workflow_id event_type triggered_by event_data timestamp'.split(' '),
      ),
    );
    database.close();
  });

  it('keeps what it acknowledged when it is opened again', async () => {
    const path = aFile();
    const first = await open(path);
    const { id } = await aWorkflow(first);
    await createOrchestrator({ store: first }).advance({ workflowId: id, ...discovery });
    await first.close();
    const baton = createOrchestrator({ store: await open(path) });
    expect(await baton.status({ workflowId: id })).toMatchObject({
      state: 'planning',
      revision: 2,
    });
  });

  it.each([0, 1e12, Number.NaN])('refuses a busy time-out of %d ms', async (busyTimeoutMs) => {
    await expect(open(aFile(), busyTimeoutMs)).rejects.toThrow(
      `busyTimeoutMs: found ${busyTimeoutMs}`,
    );
  });

  it.each(['', undefined, 7])('refuses the path %j', async (path) => {
    const options = { path } as SqliteStoreOptions;
    await expect(createSqliteStore(options)).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringMatching(/^path: found .+, expected a file's/),
    });
  });

  it('takes over a database of an older version, with its deadlines', async () => {
    const path = aFile();
    const { id, deadline } = await aWorkflow(await open(path));
    const database = new DatabaseSync(path);
    database.exec(`
      DROP INDEX build_workflows_by_deadline; DROP TABLE leases;
      DROP INDEX build_workflows_ready; DROP TABLE permits; DROP TABLE baton_documents;
      DROP TABLE project_usage;
      CREATE INDEX build_workflows_waiting ON build_workflows (role, not_before, id)
        WHERE role IS NOT NULL;
      DROP INDEX build_workflows_awaiting; ALTER TABLE build_workflows DROP COLUMN awaiting;
      ALTER TABLE build_workflows DROP COLUMN priority;
      ALTER TABLE project_stats DROP COLUMN cancelled;
      ALTER TABLE build_workflows DROP COLUMN times_out_at;
      ALTER TABLE build_workflows DROP COLUMN commit_id;
      PRAGMA user_version = 2`);
    database.close();
    const store = await open(path);
    expect(await store.listProjects({ after: '', limit: 9 })).toEqual(['p']);
    const overdue = async (now: number) => (await store.listOverdue({ now, limit: 10 })).length;
    expect([await overdue(deadline - 1), await overdue(deadline)]).toEqual([0, 1]);
    const advanced = createOrchestrator({ store }).advance({ workflowId: id, ...discovery });
    await expect(advanced).resolves.toMatchObject({ state: 'planning', revision: 2 });
  });

  it('finds what waits for a person in a database of an older version', async () => {
    const path = aFile();
    const waiting = await open(path);
    const baton = createOrchestrator({ store: waiting });
    const { id } = await aWorkflow(waiting);
    const worker = { workflowId: id, worker: 'w', roles: ['q_assistant'], leaseMs: 3_600_000 };
    const { claim } = await baton.claim(worker);
    const questions = [{ text: 'Which?' }];
    await baton.ask({ workflowId: id, claimToken: claim.token, questions });
    const damaged = await aWorkflow(waiting, 'damaged');
    const database = new DatabaseSync(path);
    database.exec(`
      DROP INDEX build_workflows_awaiting; ALTER TABLE build_workflows DROP COLUMN awaiting;
      ALTER TABLE project_stats DROP COLUMN cancelled;
      PRAGMA user_version = 6`);
    database
      .prepare('UPDATE build_workflows SET details = ?, times_out_at = NULL WHERE id = ?')
      .run('{"aw', damaged.id);
    database.close();
    const store = await open(path);
    const found = await store.listWorkflows({ awaiting: 'answers', limit: 10 });
    expect(found.map((one) => one.id)).toEqual([id]);
  });

  it('keeps the counters of a database of an older version, and counts cancellations from then on', async () => {
    const path = aFile();
    const { id } = await aWorkflow(await open(path));
    const database = new DatabaseSync(path);
    database.exec(`
      ALTER TABLE project_stats DROP COLUMN cancelled; PRAGMA user_version = 7`);
    database.close();
    const store = await open(path);
    const { projectId } = (await store.load(id))?.snapshot ?? { projectId: '' };
    expect(await store.readStats(projectId)).toMatchObject({ total: 1, cancelled: 0 });
    await createOrchestrator({ store }).cancel({ workflowId: id, reason: 'not wanted' });
    expect(await store.readStats(projectId)).toMatchObject({ total: 1, cancelled: 1 });
  });

  it.each([
    ['a table of the same name', 'CREATE TABLE build_workflows (id)', 0],
    ['a version like ours', 'CREATE TABLE build_workflows (id)', 2],
    ['tables of its own', 'CREATE TABLE contacts (id)', 0],
    ['a version and no tables', '', 1],
    ['a newer version', 'CREATE TABLE contacts (id)', 99],
  ])(
    'refuses the database of another program with %s, and leaves it as it is',
    async (_, sql, version) => {
      const path = join(mkdtempSync(join(tmpdir(), 'baton-sqlite-')), 'foreign.db');
      folders.push(dirname(path));
      const database = new DatabaseSync(path);
      database.exec(`${sql}; PRAGMA user_version = ${version}`);
      database.close();
      const before = readFileSync(path);
      const refused = { code: 'invalid_input', retryable: false };
      await expect(open(path)).rejects.toMatchObject(refused);
      expect(readFileSync(path).equals(before)).toBe(true);
    },
  );

  it('refuses a database of a newer version, and leaves it as it is', async () => {
    const path = aFile();
    await open(path);
    const database = new DatabaseSync(path);
    database.exec('PRAGMA user_version = 99');
    await expect(open(path)).rejects.toThrow(/found schema version 99, expected \d at most/);
    expect(database.prepare('PRAGMA user_version').get()).toEqual({ user_version: 99 });
    database.close();
  });

  it('says that a file is no database, and does not touch it', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'baton-sqlite-')), 'notes.txt');
    writeFileSync(path, 'dear diary, this is not a database at all, I am afraid'.repeat(20));
    await expect(open(path)).rejects.toMatchObject({ code: 'data_loss' });
  });

  it('loads a snapshot and a reply of one moment', async () => {
    const path = aFile();
    const store = await open(path);
    const other = await open(path);
    const snapshot = await aWorkflow(store);
    const reply = { requestId: 'r', digest: 'd', body: {} };
    const next = { ...snapshot, revision: snapshot.revision + 1 };
    const read = StatementSync.prototype.get;
    // Another process commits after the first read of `load`.
    const get = vi.spyOn(StatementSync.prototype, 'get').mockImplementationOnce(function (
      this: StatementSync,
      ...values
    ) {
      const row = read.apply(this, values);
      get.mockRestore();
      const rest = { follows: snapshot, handoffs: [], events: [], changedOutputs: [] };
      void other.commit([{ snapshot: next, ...rest, reply }]);
      return row;
    });
    const loaded = await store.load(snapshot.id, 'r');
    expect((await other.load(snapshot.id))?.snapshot.revision).toBe(next.revision);
    expect(loaded).toEqual({ snapshot, reply: undefined });
    expect(await store.load(snapshot.id, 'r')).toMatchObject({ snapshot: next, reply });
  });

  it('reads no output where none was written, whatever a phase is called', async () => {
    const store = await open(aFile());
    const snapshot = await aWorkflow(store);
    const entry = { enteredAt: 1, checkpoint: undefined, performers: undefined };
    const next = {
      ...snapshot,
      revision: 2,
      path: [
        { phase: 'draft', ...entry },
        { phase: 'constructor', ...entry },
      ],
      outputs: { draft: { a: 1 } },
    };
    const rest = { handoffs: [], events: [], changedOutputs: ['draft'] };
    await store.commit([{ snapshot: next, follows: snapshot, ...rest }]);
    expect((await store.load(snapshot.id))?.snapshot.outputs).toStrictEqual({ draft: { a: 1 } });
  });

  it('names the record that cannot be read, and goes on serving the others', async () => {
    const path = aFile();
    const store = await open(path);
    const { id } = await aWorkflow(store);
    const baton = createOrchestrator({ store });
    const other = await baton.start({ ...build, buildId: 'other' });
    const database = new DatabaseSync(path);
    database.prepare("UPDATE build_workflows SET details = '{oops' WHERE id = ?").run(id);
    database.close();
    await expect(store.load(id)).rejects.toMatchObject({
      code: 'data_loss',
      metadata: { table: 'build_workflows', id, column: 'details' },
    });
    await expect(baton.status({ workflowId: other.workflowId })).resolves.toBeDefined();
    const query = { roles: ['q_assistant'], now: Date.now() + 1000, limit: 10 };
    for (let turn = 0; turn < 2; turn++) {
      const found = await store.listClaimable(query);
      expect(found.map((snapshot) => snapshot.id)).toEqual([other.workflowId]);
      const listed = await store.listWorkflows({ limit: 1 });
      expect(listed.map((snapshot) => snapshot.id)).toEqual([other.workflowId]);
    }
    expect(lines).toEqual([expect.stringContaining(`build_workflows '${id}'`)]);
  });

  it('is unavailable while another process holds the file for too long', async () => {
    const path = aFile();
    const store = await open(path, 20);
    const { id } = await aWorkflow(store);
    const database = new DatabaseSync(path);
    database.exec('BEGIN IMMEDIATE');
    const advance = () => createOrchestrator({ store }).advance({ workflowId: id, ...discovery });
    await expect(advance()).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    database.exec('ROLLBACK');
    database.close();
    await expect(advance()).resolves.toMatchObject({ state: 'planning' });
  });

  it('lets everything else go on while a write waits for the lock of another process', async () => {
    const path = aFile();
    const store = await open(path);
    const { id } = await aWorkflow(store);
    const baton = createOrchestrator({ store });
    const database = new DatabaseSync(path);
    database.exec('BEGIN IMMEDIATE');
    let settled = 0;
    const writes = [
      baton.advance({ workflowId: id, ...discovery }),
      baton.start({ ...build, buildId: 'other' }),
      store.renewClaim({ workflowId: id, token: 't', expiresAt: 1 }),
      store.takeLease({ name: 'l', holder: 'h', forMs: 1 }),
    ].map((write) => write.finally(() => settled++));
    for (let turn = 0; turn < 5; turn++) {
      expect(await baton.status({ workflowId: id })).toMatchObject({ state: 'discovery' });
      await sleep(5);
    }
    expect(settled).toBe(0);
    database.exec('ROLLBACK');
    database.close();
    const [advanced, started] = await Promise.all(writes);
    expect([advanced, started]).toMatchObject([{ state: 'planning' }, { state: 'discovery' }]);
  });

  it('waits for the lock of another process while it is opened, and lets everything else go on', async () => {
    const path = aFile();
    mkdirSync(dirname(path), { recursive: true });
    const database = new DatabaseSync(path);
    database.exec('BEGIN EXCLUSIVE');
    await expect(open(path, 20)).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    let isOpen = false;
    const opening = open(path).finally(() => {
      isOpen = true;
    });
    await sleep(30);
    expect(isOpen).toBe(false);
    database.exec('ROLLBACK');
    database.close();
    await expect(aWorkflow(await opening)).resolves.toMatchObject({ revision: 1 });
  });

  it('is unavailable once it is closed', async () => {
    const store = await open(aFile());
    await store.close();
    await expect(store.load('wf_1')).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('writes the neighbours of a commit that cannot be written', async () => {
    const store = await open(aFile());
    const good = await aWorkflow(store);
    const { workflowId } = await createOrchestrator({ store }).start({ ...build, buildId: 'bad' });
    const bad = ((await store.load(workflowId)) as { snapshot: WorkflowSnapshot }).snapshot;
    const next = (snapshot: WorkflowSnapshot) => ({ ...snapshot, revision: 2 });
    const results = await store.commit([
      {
        snapshot: { ...next(bad), role: {} as string },
        follows: bad,
        handoffs: [],
        changedOutputs: [],
        events: [],
      },
      {
        snapshot: next(good),
        follows: good,
        handoffs: [],
        changedOutputs: [],
        events: [],
      },
    ]);
    expect(results.map(({ kind }) => kind)).toEqual(['failed', 'committed']);
    expect((await store.load(good.id))?.snapshot.revision).toBe(2);
    expect((await store.load(bad.id))?.snapshot.revision).toBe(1);
  });

  it('finds work, workflows and events by index', async () => {
    const path = aFile();
    await open(path);
    const database = new DatabaseSync(path);
    const plan = (sql: string) =>
      database
        .prepare(`EXPLAIN QUERY PLAN ${sql}`)
        .all()
        .map(({ detail }) => detail)
        .join('; ');
    const { selectReady, selectReadyProject } = prepareStatements(database);
    const ready = 'SEARCH build_workflows USING INDEX build_workflows_ready (role=? AND project_id';
    expect(plan(selectReady.sourceSQL)).toBe(`${ready}=?)`);
    expect(plan(selectReadyProject.sourceSQL)).toBe(`${ready}>?)`);
    expect(
      plan(
        "SELECT * FROM build_workflows WHERE project_id = 'p' AND (created_at, id) > (1, 'x') ORDER BY created_at, id",
      ),
    ).toContain('build_workflows_by_project (project_id=? AND ');
    expect(
      plan(
        'SELECT * FROM build_workflows WHERE times_out_at <= 1 AND (claim_expires_at IS NULL OR claim_expires_at <= 1) ORDER BY times_out_at, id',
      ),
    ).toBe('SEARCH build_workflows USING INDEX build_workflows_by_deadline (times_out_at<?)');
    expect(
      plan(
        "SELECT * FROM workflow_events WHERE workflow_id = 'x' AND sequence > 3 ORDER BY sequence",
      ),
    ).toContain('SEARCH workflow_events USING INDEX');
    for (const column of ['current_state', 'role']) {
      const found = plan(
        `SELECT * FROM build_workflows WHERE ${column} = 'x' AND (created_at, id) > (1, 'x') ORDER BY created_at, id`,
      );
      expect(found).toMatch(/USING INDEX build_workflows_by_(state|role) \(.+=\? AND /);
      expect(found).not.toContain('TEMP B-TREE');
    }
    const after = { createdAt: 1, id: 'x' };
    const byWaiting = { awaiting: 'answers' as const, after, limit: 5 };
    for (const query of [
      byWaiting,
      { ...byWaiting, newestFirst: true },
      { ...byWaiting, projectId: 'p', state: 's', role: 'r' },
    ]) {
      const found = plan(listSql('*', query).text);
      expect(found).toMatch(/USING INDEX build_workflows_awaiting \(awaiting=\? AND /);
      expect(found).not.toContain('TEMP B-TREE');
    }
    for (const query of [{ projectId: 'p' }, {}, { state: 's' }]) {
      const found = plan(listSql('id', { ...query, newestFirst: true, after, limit: 5 }).text);
      expect(found).toMatch(/SEARCH build_workflows USING (COVERING )?INDEX/);
      expect(found).not.toContain('TEMP B-TREE');
    }
    database.close();
  });
});
