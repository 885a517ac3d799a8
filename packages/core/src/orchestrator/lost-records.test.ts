import { expect, it } from 'vitest';
import { createMemoryStore } from '../memory/memory-store.ts';
import { exportWorkflow } from '../portable/export-workflow.ts';
import type { WorkflowStore } from '../ports/workflow-store.ts';
import { aBuild, advanceTo } from '../testing/store-contract/harness.ts';
import { createOrchestrator } from './orchestrator.ts';
import { setUp } from './testing/set-up.ts';

/** A store in memory with a workflow of five handoffs and six events, one of each of which is gone. */
async function setUpLossy(gone: { readonly handoff?: number; readonly event?: number }) {
  const truth = await createMemoryStore();
  const store: WorkflowStore = {
    ...truth,
    readHandoffs: async (query) =>
      (await truth.readHandoffs(query)).filter(({ number }) => number !== gone.handoff),
    readEvents: async (query) =>
      (await truth.readEvents(query)).filter(({ sequence }) => sequence !== gone.event),
  };
  const { baton } = await setUp({ store });
  const { workflowId } = await baton.start(aBuild());
  await advanceTo(baton, workflowId, 'testing');
  return { store, baton, workflowId };
}

it('a history does not go past a handoff that is gone', async () => {
  const { baton, workflowId } = await setUpLossy({ handoff: 3 });
  const { handoffs, nextPageToken } = await baton.history({ workflowId, pageSize: 1 });
  expect(handoffs).toHaveLength(1);
  for (const request of [{ workflowId }, { workflowId, pageSize: 2, pageToken: nextPageToken }]) {
    await expect(baton.history(request)).rejects.toMatchObject({
      code: 'data_loss',
      message: `workflow ${workflowId}: handoffs: found number 4, expected 3`,
    });
  }
});

it('a history does not end where the last page was told that there was more', async () => {
  const { baton, workflowId } = await setUpLossy({});
  const { nextPageToken: pageToken } = await baton.history({ workflowId, pageSize: 4 });
  const { baton: lossy } = await setUp({
    store: { ...(await createMemoryStore()), ...(await shorter()) },
  });
  await expect(lossy.history({ workflowId, pageToken })).rejects.toMatchObject({
    code: 'invalid_input',
    message: expect.stringContaining('there is no page after handoff 4 among 1'),
  });

  async function shorter(): Promise<Pick<WorkflowStore, 'load' | 'readHandoffs'>> {
    const { store, ...other } = await setUpLossy({});
    const { snapshot } = (await store.load(other.workflowId)) ?? {};
    if (snapshot === undefined) throw new Error('not started');
    return {
      load: async () => ({ snapshot: { ...snapshot, handoffs: 1 }, reply: undefined }),
      readHandoffs: async () => [],
    };
  }
});

it.each([
  [{ handoff: 2 }, 'handoffs: found number 3, expected 2'],
  [{ event: 2 }, 'events: found number 3, expected 2'],
  [{ event: 6 }, 'found 5 events, expected 6'],
])('an export does not go past what is gone: %o', async (gone, problem) => {
  const { store, workflowId } = await setUpLossy(gone);
  const lines: string[] = [];
  const exported = (async () => {
    for await (const line of exportWorkflow(store, workflowId)) lines.push(line);
  })();
  const message = `workflow ${workflowId}: ${problem}`;
  await expect(exported).rejects.toMatchObject({ code: 'data_loss', message });
  expect(new Set(lines).size).toBe(lines.length);
});

it('progress under a claim that was taken in another process is passed on', async () => {
  const { baton, store, clock } = await setUp();
  const elsewhere = createOrchestrator({ store, clock });
  const { workflowId } = await baton.start(aBuild());
  const work = { worker: 'w', roles: ['q_assistant'], leaseMs: 3_600_000 };
  const { claim } = await elsewhere.claim({ workflowId, ...work });
  const report = { workflowId, claimToken: claim.token, messages: ['reading'] };
  await expect(baton.reportProgress(report)).resolves.toBeUndefined();
});
