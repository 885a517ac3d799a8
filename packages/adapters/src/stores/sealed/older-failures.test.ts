import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Commit, createOrchestrator, isCancelled, type WorkflowStore } from '@baton/core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createSqliteStore } from '../sqlite/sqlite-store.ts';
import { createFileSealMemory } from './file-seal-memory.ts';
import { createSealedStore } from './sealed-store.ts';

let folder: string;
let path: string;
let opened: WorkflowStore[];

/** A process of its own, as far as the store can tell. */
async function open(): Promise<WorkflowStore> {
  const memory = createFileSealMemory(folder);
  const key = Buffer.alloc(32, 'k');
  const store = createSealedStore(await createSqliteStore({ path }), { key, memory });
  opened.push(store);
  return store;
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

/** An older version, which recorded the end of an attempt that was given back under the code of the attempt. */
function asOlderVersion(store: WorkflowStore, code: string): WorkflowStore {
  const recorded = (commit: Commit): Commit => {
    const { failure } = commit.snapshot;
    if (failure === undefined) return commit;
    const snapshot = { ...commit.snapshot, failure: { ...failure, code } };
    const events = commit.events.map((event) =>
      event.type === 'workflow_failed' ? { ...event, data: { ...event.data, code } } : event,
    );
    return { ...commit, snapshot, events };
  };
  return { ...store, commit: (batch) => store.commit(batch.map(recorded)) };
}

async function aFailureOfAnOlderVersion(code = 'cancelled'): Promise<string> {
  const baton = createOrchestrator({ store: asOlderVersion(await open(), code) });
  const build = { projectId: 'p', buildId: 'b', userId: 'ada', requirements: {} };
  const { workflowId } = await baton.start(build);
  const worker = { worker: 'w', roles: ['q_assistant'], leaseMs: 60_000 };
  const { claim } = await baton.claim({ workflowId, ...worker });
  const givenBack = { code: 'cancelled', message: 'the worker stops', retryable: false };
  await baton.failAttempt({ workflowId, claimToken: claim.token, ...givenBack });
  return workflowId;
}

it.each(['cancelled', 'attempt_cancelled'])(
  'is a failure in what is shown, listed and counted, and its seal holds: %s',
  async (code) => {
    const workflowId = await aFailureOfAnOlderVersion(code);
    const baton = createOrchestrator({ store: await open() });
    const status = await baton.status({ workflowId });
    expect(status.failure).toMatchObject({
      code: 'attempt_cancelled',
      message: 'the worker stops',
    });
    const { workflows } = await baton.list({ projectId: 'p', state: 'error' });
    expect(workflows).toMatchObject([{ failure: { code: 'attempt_cancelled' } }]);
    expect([status, ...workflows].some(isCancelled)).toBe(false);
    const counts = () => baton.projectStats({ projectId: 'p' });
    expect(await counts()).toMatchObject({ failed: 1, cancelled: 0 });
    await baton.requestRetry({ workflowId, reason: 'again', by: 'ada' });
    expect(await counts()).toMatchObject({ failed: 0, cancelled: 0, inProgress: 1 });
    const again = createOrchestrator({ store: await open() });
    expect(await again.status({ workflowId })).toMatchObject({ state: 'discovery', epoch: 2 });
  },
);

it('is no cancellation that another program has made of it', async () => {
  const workflowId = await aFailureOfAnOlderVersion();
  const database = new DatabaseSync(path);
  database.exec(`UPDATE build_workflows SET details = json_set(details, '$.failure.by', 'ada')`);
  database.close();
  const baton = createOrchestrator({ store: await open() });
  await expect(baton.status({ workflowId })).rejects.toMatchObject({ code: 'data_loss' });
});

it.each([
  ['a cancellation', "'$.failure.code', 'attempt_cancelled'"],
  ['who it was', "'$.failure.by', 'grace'"],
])('is not what another program has made of %s', async (_what, change) => {
  const baton = createOrchestrator({ store: await open() });
  const build = { projectId: 'p', buildId: 'b', userId: 'ada', requirements: {} };
  const { workflowId } = await baton.start(build);
  await baton.cancel({ workflowId, reason: 'not wanted', by: 'ada' });
  const database = new DatabaseSync(path);
  database.exec(`UPDATE build_workflows SET details = json_set(details, ${change})`);
  database.close();
  const again = createOrchestrator({ store: await open() });
  await expect(again.status({ workflowId })).rejects.toMatchObject({ code: 'data_loss' });
});
