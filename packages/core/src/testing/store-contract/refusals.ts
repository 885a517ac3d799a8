import { describe, expect, it } from 'vitest';
import type { WorkflowSnapshot } from '../../model/workflow.ts';
import type { Commit, WorkflowStore } from '../../ports/workflow-store.ts';
import {
  aBuild,
  aClaim,
  type Bench,
  fullCommit,
  kindsOf,
  type OpenHarness,
  plainCommit,
  recordsOf,
  snapshotOf,
  withStore,
} from './harness.ts';

/** The request ids under which something may be stored. */
const IDS = ['first', 'second', 'refused'];

/** A workflow with a handoff, events and a reply, claimed until time 100. */
async function aWorkflow({ store, baton }: Bench): Promise<WorkflowSnapshot> {
  const { workflowId } = await baton.start(aBuild());
  const commit = fullCommit(await snapshotOf(store, workflowId), 'first');
  const claim = aClaim(1, 100);
  const snapshot = { ...commit.snapshot, claim };
  expect(kindsOf(await store.commit([{ ...commit, snapshot }]))).toEqual(['committed']);
  return snapshotOf(store, workflowId);
}

const REFUSED: readonly [string, string, (now: WorkflowSnapshot) => Commit][] = [
  ['of an older revision', 'conflict', (now) => older(now)],
  [
    'of a revision that is yet to come',
    'conflict',
    (now) => fullCommit({ ...now, revision: now.revision + 1 }, 'refused'),
  ],
  [
    'over a claim that has not expired',
    'conflict',
    (now) => ({ ...fullCommit(now, 'refused'), claimExpiredBy: 99 }),
  ],
  ['of a request that has its reply', 'duplicate', (now) => fullCommit(now, 'first')],
  [
    'of such a request, of an older revision',
    'duplicate',
    (now) => ({ ...older(now), ...{ reply: { requestId: 'first', digest: 'd', body: {} } } }),
  ],
];

function older(now: WorkflowSnapshot): Commit {
  const before = { ...now, revision: now.revision - 1, sequence: now.sequence - 1 };
  const commit = fullCommit(before, 'refused');
  // Numbers that are free: the store has no key of its own to refuse these records by.
  return {
    ...commit,
    handoffs: commit.handoffs.map((one) => ({ ...one, number: now.handoffs + 1 })),
    events: commit.events.map((one) => ({ ...one, sequence: now.sequence + 1 })),
  };
}

export function refusalContract(open: OpenHarness): void {
  describe('a commit that is refused', () => {
    it.each(REFUSED)('%s writes nothing: %s', (_, kind, refused) =>
      withStore(open, async (bench) => {
        const { store } = bench;
        const now = await aWorkflow(bench);
        const before = await recordsOf(store, now, IDS);
        expect(kindsOf(await store.commit([refused(now)]))).toEqual([kind]);
        expect(await recordsOf(store, now, IDS)).toEqual(before);
        // The next commit finds its numbers free.
        expect(kindsOf(await store.commit([fullCommit(now, 'second')]))).toEqual(['committed']);
      })(),
    );

    it.each(REFUSED)('%s leaves its neighbours alone: %s', (_, kind, refused) =>
      withStore(open, async (bench) => {
        const { store } = bench;
        const left = await aWorkflow(bench);
        const middle = await aWorkflow(bench);
        const right = await aWorkflow(bench);
        const before = await recordsOf(store, middle, IDS);
        const batch = [fullCommit(left, 'second'), refused(middle), fullCommit(right, 'second')];
        expect(kindsOf(await store.commit(batch))).toEqual(['committed', kind, 'committed']);
        for (const neighbour of [left, right]) await expectWritten(store, neighbour);
        // All three are of one project: its counters have moved by what the neighbours brought.
        const { stats, ...others } = await recordsOf(store, middle, IDS);
        const { stats: old, ...same } = before;
        expect(others).toEqual(same);
        expect(stats).toEqual({
          ...old,
          completed: old.completed + 2,
          cancelled: old.cancelled + 2,
          failed: old.failed + 2,
          completedDurationMs: old.completedDurationMs + 14,
          completedHandoffs: old.completedHandoffs + 2,
          failurePoints: { planning: (old.failurePoints['planning'] ?? 0) + 2 },
        });
      })(),
    );

    it(
      'of a workflow that is not there makes none',
      withStore(open, async (bench) => {
        const { store } = bench;
        const unknown = { ...(await aWorkflow(bench)), id: 'wf_unknown' };
        const before = await recordsOf(store, unknown, IDS);
        await store.commit([fullCommit(unknown, 'refused')]);
        expect(await recordsOf(store, unknown, IDS)).toEqual(before);
        expect(before).toMatchObject({ snapshot: undefined, handoffs: [], events: [] });
      }),
    );
  });

  describe('a create that finds its place taken', () => {
    it(
      'writes nothing',
      withStore(open, async (bench) => {
        const { store } = bench;
        const now = await aWorkflow(bench);
        const before = await recordsOf(store, now, IDS);
        for (const id of [now.id, 'wf_another']) {
          const commit = fullCommit({ ...now, id, revision: 0 }, 'refused');
          const result = await store.create(commit);
          expect(result).toMatchObject({ kind: 'exists', snapshot: { id: now.id } });
          expect(await recordsOf(store, now, IDS)).toEqual(before);
        }
        expect(await store.load('wf_another')).toBeUndefined();
        expect(await store.readEvents({ workflowId: 'wf_another', after: 0, limit: 9 })).toEqual(
          [],
        );
        expect(kindsOf(await store.commit([plainCommit(now)]))).toEqual(['committed']);
      }),
    );
  });
}

async function expectWritten(store: WorkflowStore, before: WorkflowSnapshot): Promise<void> {
  const { snapshot, handoffs, events, replies } = await recordsOf(store, before, ['second']);
  expect(snapshot?.revision).toBe(before.revision + 1);
  expect(handoffs).toHaveLength(before.handoffs + 1);
  expect(events).toHaveLength(before.sequence + 1);
  expect(replies).toMatchObject([{ requestId: 'second' }]);
}
