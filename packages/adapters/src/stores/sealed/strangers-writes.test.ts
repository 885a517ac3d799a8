import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { BatonError, createOrchestrator, type Orchestrator } from '@baton/core';
import { passingOutputs } from '@baton/core/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSqliteStore } from '../sqlite/sqlite-store.ts';
import { createFileSealMemory } from './file-seal-memory.ts';
import { createSealedStore, type SealedStore } from './sealed-store.ts';

const KEY = Buffer.alloc(32, 'k');

let folder: string;
let path: string;
let opened: SealedStore[];

/** A process of its own, as far as the store can tell. */
async function open(key: Uint8Array = KEY, present?: () => void): Promise<SealedStore> {
  const memory = createFileSealMemory(join(folder));
  const store = createSealedStore(await createSqliteStore({ path }), {
    key,
    memory,
    ...(present !== undefined && { present }),
  });
  opened.push(store);
  return store;
}

/** What a program can do with the file and without the key. */
function asStranger(...statements: readonly string[]): void {
  const database = new DatabaseSync(path);
  for (const statement of statements) database.exec(statement);
  database.close();
}

async function problemOf(work: Promise<unknown>): Promise<BatonError> {
  const reason = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (BatonError.is(reason)) return reason;
  throw new Error(`expected a BatonError, found ${String(reason)}`);
}

async function aBuild(baton: Orchestrator, buildId = 'b'): Promise<string> {
  const { workflowId } = await baton.start({
    projectId: 'p',
    buildId,
    userId: 'ada',
    requirements: { request: 'Greet' },
    requestId: `start-${buildId}`,
  });
  for (const completedState of ['discovery', 'planning'] as const) {
    await baton.advance({
      workflowId,
      role: 'q_assistant',
      completedState,
      result: passingOutputs[completedState],
      requestId: completedState,
    });
  }
  return workflowId;
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baton-sealed-'));
  path = join(folder, 'baton.db');
  opened = [];
});

afterEach(async () => {
  for (const store of opened) await store.close();
  rmSync(folder, { recursive: true });
});

describe('what a stranger wrote into a sealed store', () => {
  it.each<[what: string, found: string | RegExp, ...statements: string[]]>([
    [
      'an approval with its event',
      'its revision 4 is not the one that was committed',
      "UPDATE build_workflows SET current_state = 'implementation', revision = 4, sequence = 4",
      `INSERT INTO workflow_events (workflow_id, sequence, event_type, triggered_by, event_data, timestamp, revision, epoch)
       SELECT id, 4, 'approval_decided', 'grace', '{"approved":true}', updated_at, 4, 1 FROM build_workflows`,
    ],
    [
      'a state at the same revision',
      'its revision 3 is not the one that was committed',
      "UPDATE build_workflows SET current_state = 'deployment'",
    ],
    [
      'an output',
      'its revision 3 is not the one that was committed',
      `UPDATE build_workflows SET planning_phase = '{"steps":["steal"],"testingStrategy":"","risks":[]}'`,
    ],
    [
      'a request',
      'its revision 3 is not the one that was committed',
      `UPDATE build_workflows SET requirements = '{"request":"Steal"}'`,
    ],
    [
      'a limit',
      'its revision 3 is not the one that was committed',
      `UPDATE build_workflows SET details = json_set(details, '$.limits.maxRetries', 99)`,
    ],
    [
      'no seal',
      'its revision 3 has no signature of Baton',
      `UPDATE build_workflows SET details = json_remove(details, '$.seal')`,
    ],
    [
      'a seal that is none',
      'its revision 3 has no signature of Baton',
      `UPDATE build_workflows SET details = json_set(details, '$.seal', 'true')`,
    ],
    [
      'an event changed',
      'event 2 (state_advanced) differs from what was written',
      `UPDATE workflow_events SET triggered_by = 'grace' WHERE sequence = 2`,
    ],
    ['an event deleted', 'event 2 is missing', 'DELETE FROM workflow_events WHERE sequence = 2'],
    [
      'the last event deleted',
      'event 3 is missing',
      'DELETE FROM workflow_events WHERE sequence = 3',
    ],
    [
      'an event added',
      'no commit has written event 4',
      `INSERT INTO workflow_events (workflow_id, sequence, event_type, triggered_by, event_data, timestamp, revision, epoch)
       SELECT id, 4, 'noted', 'eve', '{}', updated_at, 4, 1 FROM build_workflows`,
    ],
    [
      'a handoff changed',
      /^workflow \S+ was changed by another program than Baton: handoff 1 \(of discovery\) differs from what was written/,
      `UPDATE workflow_handoffs SET data_transferred = '{"summary":"steal"}' WHERE number = 1`,
    ],
    ['a handoff deleted', 'handoff 1 is missing', 'DELETE FROM workflow_handoffs WHERE number = 1'],
    [
      'a reply deleted',
      '3 replies were written, and it has 2',
      "DELETE FROM workflow_replies WHERE request_id = 'planning'",
    ],
    [
      'a reply changed',
      "the reply to request 'planning' is not the one that was committed",
      `UPDATE workflow_replies SET body = '{"state":"complete"}' WHERE request_id = 'planning'`,
    ],
    [
      'a whole workflow deleted',
      'the store has nothing of it, not even its first event',
      'DELETE FROM workflow_events',
      'DELETE FROM workflow_handoffs',
      'DELETE FROM workflow_replies',
      'DELETE FROM build_workflows',
    ],
  ])('%s: is found out, and named', async (_, found, ...statements) => {
    const workflowId = await aBuild(createOrchestrator({ store: await open() }));
    await expect((await open()).verify(workflowId)).resolves.toBeUndefined();
    asStranger(...statements);
    const problem = await problemOf((await open()).verify(workflowId));
    expect(problem).toMatchObject({ code: 'data_loss', metadata: { workflowId } });
    expect(problem.message).toMatch(found);
  });

  it('stops what would be done next with the workflow', async () => {
    const workflowId = await aBuild(createOrchestrator({ store: await open() }));
    asStranger("UPDATE build_workflows SET current_state = 'deployment', role = 'release_manager'");
    const store = await open();
    const baton = createOrchestrator({ store });
    const advance = { workflowId, role: 'release_manager', completedState: 'deployment' };
    for (const work of [
      baton.status({ workflowId }),
      baton.advance({ ...advance, result: passingOutputs.deployment }),
      baton.rollback({ workflowId, targetState: 'planning', reason: 'no' }),
      baton.list({}),
    ]) {
      expect(await problemOf(work)).toMatchObject({ code: 'data_loss' });
    }
    const query = { roles: ['release_manager'], now: Date.now() + 1000, limit: 10 };
    expect(await store.listClaimable(query)).toEqual([]);
  });

  it('is found out by a process that has the workflow at hand, before it commits', async () => {
    const baton = createOrchestrator({ store: await open() });
    const workflowId = await aBuild(baton);
    asStranger("UPDATE build_workflows SET current_state = 'deployment', revision = 4");
    const accept = { workflowId, role: 'code_writer', completedState: 'handoff_to_coder' };
    expect(await problemOf(baton.advance(accept))).toMatchObject({ code: 'data_loss' });
  });

  it('is found out where two builds have changed places', async () => {
    const baton = createOrchestrator({ store: await open() });
    const [one, other] = [await aBuild(baton, 'one'), await aBuild(baton, 'other')];
    asStranger(
      'PRAGMA foreign_keys = OFF',
      `UPDATE build_workflows SET id = 'x', build_id = 'x' WHERE id = '${one}'`,
      `UPDATE build_workflows SET id = '${one}', build_id = 'one' WHERE id = '${other}'`,
      `UPDATE build_workflows SET id = '${other}', build_id = 'other' WHERE id = 'x'`,
    );
    for (const id of [one, other]) {
      expect(await problemOf((await open()).verify(id))).toMatchObject({ code: 'data_loss' });
    }
  });

  it('is found out where it is a workflow of its own', async () => {
    await aBuild(createOrchestrator({ store: await open() }));
    const plain = await createSqliteStore({ path });
    const workflowId = await aBuild(createOrchestrator({ store: plain }), 'forged');
    await plain.close();
    const problem = await problemOf((await open()).verify(workflowId));
    expect(problem.message).toContain('its revision 3 has no signature of Baton');
  });

  it('is found out where it is sealed with another key', async () => {
    const workflowId = await aBuild(createOrchestrator({ store: await open() }));
    expect(await problemOf((await open(Buffer.alloc(32, 'x'))).verify(workflowId))).toMatchObject({
      code: 'data_loss',
    });
  });

  it('is found out where it is an older copy of everything', async () => {
    const first = await open();
    const workflowId = await aBuild(createOrchestrator({ store: first }));
    await first.close();
    const copy = join(folder, 'copy');
    cpSync(path, copy);
    const second = await open();
    const accept = { workflowId, role: 'code_writer', completedState: 'handoff_to_coder' };
    await createOrchestrator({ store: second }).advance(accept);
    await second.close();
    cpSync(copy, path);
    const problem = await problemOf((await open()).verify(workflowId));
    expect(problem).toMatchObject({ code: 'data_loss' });
    expect(problem.message).toContain(
      'it was at revision 4, and the store has revision 3, as an older copy would',
    );
    expect(await problemOf(createOrchestrator({ store: await open() }).list({}))).toMatchObject({
      code: 'data_loss',
    });
  });
});

describe('a sealed store', () => {
  it('goes on where the memory lags, as after a crash between the two', async () => {
    const workflowId = await aBuild(createOrchestrator({ store: await open() }));
    const [memory] = readdirSync(folder).filter((name) => name.endsWith('.seals'));
    rmSync(join(folder, memory as string));
    await expect((await open()).verify(workflowId)).resolves.toBeUndefined();
    expect(createFileSealMemory(folder).recall(workflowId)).toMatchObject({ revision: 3 });
  });

  it('goes on where the last line of the memory was cut short', async () => {
    const workflowId = await aBuild(createOrchestrator({ store: await open() }));
    const [memory] = readdirSync(folder).filter((name) => name.endsWith('.seals'));
    appendFileSync(join(folder, memory as string), '{"workflowId":"wf_');
    await expect((await open()).verify(workflowId)).resolves.toBeUndefined();
    const accept = { workflowId, role: 'code_writer', completedState: 'handoff_to_coder' };
    await createOrchestrator({ store: await open() }).advance(accept);
    await expect((await open()).verify(workflowId)).resolves.toBeUndefined();
  });

  it('stops when it can remember no more', async () => {
    const baton = createOrchestrator({ store: await open() });
    const workflowId = await aBuild(baton);
    const [memory = ''] = readdirSync(folder).filter((name) => name.endsWith('.seals'));
    rmSync(join(folder, memory));
    mkdirSync(join(folder, memory));
    const accept = { workflowId, role: 'code_writer', completedState: 'handoff_to_coder' };
    const problem = await problemOf(baton.advance(accept));
    expect(problem).toMatchObject({ code: 'data_loss' });
    expect(problem.message).toContain('what was committed cannot be remembered');
  });

  it('reads a trail once, and after that what is new of it', async () => {
    const workflowId = await aBuild(createOrchestrator({ store: await open() }));
    const plain = await createSqliteStore({ path });
    const read: number[] = [];
    const watched = {
      ...plain,
      readEvents: (query: Parameters<typeof plain.readEvents>[0]) => {
        read.push(query.after);
        return plain.readEvents(query);
      },
    };
    const store = createSealedStore(watched, { key: KEY, memory: createFileSealMemory(folder) });
    opened.push(store);
    await store.load(workflowId);
    await store.load(workflowId);
    const accept = { workflowId, role: 'code_writer', completedState: 'handoff_to_coder' };
    await createOrchestrator({ store: await open() }).advance(accept);
    await store.load(workflowId);
    expect(read).toEqual([0, 3, 3]);
  });

  it('acknowledges nothing once the data is no longer where it was opened', async () => {
    let there = true;
    const gone = new BatonError('data_loss', 'the file is gone');
    const store = await open(KEY, () => {
      if (!there) throw gone;
    });
    const baton = createOrchestrator({ store });
    const workflowId = await aBuild(baton);
    there = false;
    const accept = { workflowId, role: 'code_writer', completedState: 'handoff_to_coder' };
    await expect(baton.advance(accept)).rejects.toBe(gone);
    await expect(baton.status({ workflowId })).rejects.toBe(gone);
    await expect(store.readEvents({ workflowId, after: 0, limit: 9 })).rejects.toBe(gone);
  });

  it('seals what is restored as a whole', async () => {
    const source = await createSqliteStore({ path: join(folder, 'source.db') });
    const workflowId = await aBuild(createOrchestrator({ store: source }));
    const page = { workflowId, after: 0, limit: 9 };
    const { snapshot } = (await source.load(workflowId)) as NonNullable<
      Awaited<ReturnType<typeof source.load>>
    >;
    const record = {
      snapshot,
      handoffs: await source.readHandoffs(page),
      events: await source.readEvents(page),
      replies: await source.readReplies({ ...page, after: '' }),
      stats: await source.readStats('p'),
      usage: [],
    };
    await source.close();
    await (await open()).restore(record);
    await expect((await open()).verify(workflowId)).resolves.toBeUndefined();
    asStranger(`UPDATE workflow_events SET triggered_by = 'grace' WHERE sequence = 2`);
    expect((await problemOf((await open()).verify(workflowId))).message).toContain(
      'one of the events 1 to 3',
    );
  });
});
