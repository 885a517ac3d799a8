import { describe, expect, it } from 'vitest';
import type { WorkflowSnapshot } from '../../model/workflow.ts';
import type { QueueQuery } from '../../ports/workflow-store.ts';
import {
  aBuild,
  aClaim,
  type Bench,
  type OpenHarness,
  plainCommit,
  snapshotOf,
  withStore,
} from './harness.ts';

const NOW = 1e12;

/** Undefined for a store that cannot tell of queues. */
async function queuesOf({ store }: Bench, query: Partial<QueueQuery> = {}) {
  return store.readQueues?.({ roles: ['q_assistant'], now: NOW, limit: 100, ...query });
}

async function startOne(
  { baton, store }: Bench,
  patch: Partial<WorkflowSnapshot>,
  projectId = 'shop',
): Promise<void> {
  const { workflowId } = await baton.start(aBuild({ projectId }));
  await store.commit([plainCommit(await snapshotOf(store, workflowId), patch)]);
}

const heldUntil = (expiresAt: number) => aClaim(1, expiresAt);

export function queueContract(open: OpenHarness): void {
  describe('readQueues', () => {
    it(
      'tells of each role how many wait, and since when the oldest does, over all projects',
      withStore(open, async (bench) => {
        if (bench.store.readQueues === undefined) return;
        await startOne(bench, { notBefore: 7000 });
        await startOne(bench, { notBefore: 5000 }, 'attic');
        await startOne(bench, { notBefore: 6000 }, 'zoo');
        await startOne(bench, { notBefore: 3000, role: 'code_writer' });
        const roles = ['code_writer', 'release_manager', 'q_assistant'];
        expect(await queuesOf(bench, { roles })).toEqual([
          { role: 'code_writer', length: 1, waitingSince: 3000, isCut: false },
          { role: 'release_manager', length: 0, waitingSince: undefined, isCut: false },
          { role: 'q_assistant', length: 3, waitingSince: 5000, isCut: false },
        ]);
      }),
    );

    it(
      'leaves out what is held or backs off; what is held no longer waits since its claim expired',
      withStore(open, async (bench) => {
        if (bench.store.readQueues === undefined) return;
        await startOne(bench, { notBefore: NOW + 1 });
        await startOne(bench, { notBefore: 1000, claim: heldUntil(NOW + 1) });
        const none = { role: 'q_assistant', length: 0, waitingSince: undefined, isCut: false };
        expect(await queuesOf(bench)).toEqual([none]);
        await startOne(bench, { notBefore: 1000, claim: heldUntil(NOW) });
        await startOne(bench, { notBefore: 9000, claim: heldUntil(8000) });
        const two = { role: 'q_assistant', length: 2, waitingSince: 9000, isCut: false };
        expect(await queuesOf(bench)).toEqual([two]);
      }),
    );

    it(
      'looks at no more than it may, and says so',
      withStore(open, async (bench) => {
        if (bench.store.readQueues === undefined) return;
        for (const notBefore of [1000, 2000, 3000]) await startOne(bench, { notBefore });
        const [whole] = (await queuesOf(bench, { limit: 4 })) ?? [];
        expect(whole).toMatchObject({ length: 3, isCut: false });
        const [cut] = (await queuesOf(bench, { limit: 1 })) ?? [];
        expect(cut?.isCut).toBe(true);
        expect(cut?.length).toBeGreaterThan(0);
        expect(cut?.length).toBeLessThanOrEqual(3);
      }),
    );
  });
}
