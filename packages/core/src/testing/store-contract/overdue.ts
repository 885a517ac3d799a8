import { describe, expect, it } from 'vitest';
import type { WorkflowStore } from '../../ports/workflow-store.ts';
import {
  aBuild,
  aClaim,
  advanceTo,
  type Bench,
  type OpenHarness,
  plainCommit,
  snapshotOf,
  withStore,
} from './harness.ts';

const HOUR = 3_600_000;

/** Workflows whose time is over, and the lease of the process that moves them. */
export function overdueContract(open: OpenHarness): void {
  describe('listOverdue', () => {
    it(
      'finds those whose time is over, the longest overdue first, as many as were asked for',
      withStore(open, async ({ store, baton, clock }) => {
        const ids = [];
        for (const timeoutMs of [30_000, 10_000, 20_000, 3_600_000]) {
          ids.push((await baton.start(aBuild({ timeoutMs }))).workflowId);
        }
        const [last, first, middle] = ids;
        const found = (now: number, limit = 1000) => overdue(store, now, limit);
        const start = clock.now();
        expect(await found(start + 9_999)).toEqual([]);
        expect(await found(start + 10_000)).toEqual([first]);
        expect(await found(start + 30_000)).toEqual([first, middle, last]);
        expect(await found(start + 30_000, 2)).toEqual([first, middle]);
      }),
    );

    it(
      'goes by the deadline that was set last',
      withStore(open, async ({ store, baton, clock }) => {
        const { workflowId } = await baton.start(aBuild({ timeoutMs: 10_000 }));
        const first = await snapshotOf(store, workflowId);
        await store.commit([plainCommit(first, { deadline: first.deadline + HOUR })]);
        expect(await overdue(store, clock.now() + HOUR)).toEqual([]);
        expect(await overdue(store, clock.now() + HOUR + 10_000)).toEqual([workflowId]);
      }),
    );

    it(
      'leaves out those that a worker holds, for as long as the claim holds',
      withStore(open, async ({ store, baton, clock }) => {
        const { workflowId } = await baton.start(aBuild({ timeoutMs: 10_000 }));
        const now = clock.now();
        const claim = aClaim(now, now + 20_000);
        await store.commit([plainCommit(await snapshotOf(store, workflowId), { claim })]);
        expect(await overdue(store, now + 19_999)).toEqual([]);
        expect(await overdue(store, now + 20_000)).toEqual([workflowId]);
        await store.renewClaim({ workflowId, token: claim.token, expiresAt: now + 40_000 });
        expect(await overdue(store, now + 20_000)).toEqual([]);
      }),
    );

    it(
      'leaves out those that have ended, have failed or wait for a person',
      withStore(open, async ({ store, baton, clock }) => {
        const build = () => baton.start(aBuild({ timeoutMs: 10_000 }));
        const [complete, failed, waiting] = [await build(), await build(), await build()];
        await advanceTo(baton, complete.workflowId, 'complete');
        const reason = { result: { reason: 'no way' }, nextState: 'error' };
        const role = 'q_assistant';
        const { workflowId } = failed;
        await baton.advance({ workflowId, role, completedState: 'discovery', ...reason });
        await asked({ store, baton, clock }, waiting.workflowId);
        expect(await overdue(store, clock.now() + HOUR)).toEqual([]);
      }),
    );

    it(
      'finds a workflow that another store had',
      withStore(open, async ({ store, baton, clock }) => {
        const { workflowId } = await baton.start(aBuild({ timeoutMs: 10_000 }));
        const { snapshot } = { snapshot: await snapshotOf(store, workflowId) };
        const moved = { ...snapshot, id: 'wf_moved', buildId: 'moved', sequence: 0 };
        const stats = { ...(await store.readStats(snapshot.projectId)) };
        const records = { handoffs: [], events: [], replies: [], stats, usage: [] };
        await store.restore({ snapshot: moved, ...records });
        expect((await overdue(store, clock.now() + HOUR)).toSorted()).toEqual(
          [workflowId, 'wf_moved'].toSorted(),
        );
      }),
    );
  });

  describe('takeLease', () => {
    const lease = { name: 'sweep', forMs: 60_000 };

    it(
      'gives it to one holder at a time, and again to the same holder',
      withStore(open, async ({ store }) => {
        expect(await store.takeLease({ ...lease, holder: 'a' })).toBe(true);
        expect(await store.takeLease({ ...lease, holder: 'b' })).toBe(false);
        expect(await store.takeLease({ ...lease, holder: 'a' })).toBe(true);
        expect(await store.takeLease({ ...lease, name: 'other', holder: 'b' })).toBe(true);
      }),
    );

    it(
      'gives it to another holder when its time is over',
      withStore(open, async ({ store }) => {
        expect(await store.takeLease({ ...lease, holder: 'a', forMs: 50 })).toBe(true);
        await expect.poll(() => store.takeLease({ ...lease, holder: 'b' })).toBe(true);
        expect(await store.takeLease({ ...lease, holder: 'a' })).toBe(false);
      }),
    );
  });

  it(
    'tells the time, if it has a clock of its own',
    withStore(open, async ({ store }) => {
      const first = (await store.now?.()) ?? 1;
      const second = (await store.now?.()) ?? 2;
      expect(first).toBeLessThanOrEqual(second);
      expect(Number.isFinite(first) && first > 0).toBe(true);
    }),
  );
}

async function overdue(store: WorkflowStore, now: number, limit = 1000): Promise<string[]> {
  return (await store.listOverdue({ now, limit })).map(({ id }) => id);
}

/** Has a role ask a person, who does not answer. */
async function asked({ baton }: Pick<Bench, 'store' | 'baton' | 'clock'>, workflowId: string) {
  const claiming = { workflowId, worker: 'w', roles: ['q_assistant'], leaseMs: 5000 };
  const { claim } = await baton.claim(claiming);
  const questions = [{ text: 'Which shade?' }];
  await baton.ask({ workflowId, claimToken: claim.token, questions });
}
