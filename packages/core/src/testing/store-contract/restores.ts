import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../memory/memory-store.ts';
import { createOrchestrator } from '../../orchestrator/orchestrator.ts';
import type { FakeClock } from '../fake-clock.ts';
import {
  aBuild,
  advanceTo,
  type OpenHarness,
  plainCommit,
  snapshotOf,
  withStore,
} from './harness.ts';
import { aLongTrail, anEventfulBuild, recordOf } from './whole-workflows.ts';

/** A build that another store has, and all of it. */
async function elsewhere(clock: FakeClock) {
  const source = await createMemoryStore();
  const baton = createOrchestrator({ store: source, clock });
  const eventful = await anEventfulBuild(baton, clock);
  const record = await recordOf(source, eventful.workflowId);
  return { ...eventful, source, record };
}

/** In the order of code points, which is not JavaScript's. */
const IDS = ['10', '9', 'Z', '__proto__', 'a', 'b', 'é', 'ｚ', '😀'];

export function restoreContract(open: OpenHarness): void {
  describe('readReplies', () => {
    it(
      'gives every reply once, by request id, page by page',
      withStore(open, async ({ store, baton }) => {
        const { workflowId } = await baton.start(aBuild());
        for (const requestId of [...IDS].reverse()) {
          const reply = { requestId, digest: `d ${requestId}`, body: { requestId } };
          await store.commit([{ ...plainCommit(await snapshotOf(store, workflowId)), reply }]);
        }
        const { replies } = await recordOf(store, workflowId, 4);
        expect(replies).toEqual(
          IDS.map((requestId) => ({ requestId, digest: `d ${requestId}`, body: { requestId } })),
        );
        expect(await store.readReplies({ workflowId, after: '😀', limit: 4 })).toEqual([]);
        expect(await store.readReplies({ workflowId: 'none', after: '', limit: 4 })).toEqual([]);
      }),
    );
  });

  describe('restore', () => {
    it(
      'keeps the snapshot, handoffs, events, replies and counters of another store',
      withStore(open, async ({ store, clock, another }) => {
        const { source, record, workflowId, build } = await elsewhere(clock);
        expect(record.snapshot).toMatchObject({
          state: 'testing',
          epoch: 2,
          claim: { worker: 'w' },
        });
        expect(record.replies).toHaveLength(5);
        expect(await store.restore(record)).toEqual({ kind: 'created' });
        expect(await recordOf(store, workflowId, 3)).toEqual(record);
        const counters = await source.readStats(build.projectId);
        expect(counters.failurePoints).toEqual({ discovery: 1 });
        expect(await store.readStats(build.projectId)).toEqual(counters);
        const other = await another();
        expect((await other.history({ workflowId })).handoffs).toEqual(record.handoffs);
      }),
    );

    it(
      'lets the workflow go on: old requests get their old replies, the claim holds, work is found',
      withStore(open, async ({ store, baton, clock }) => {
        const { record, workflowId, claimToken: token, ...old } = await elsewhere(clock);
        await store.restore(record);
        expect(await baton.start(old.build)).toEqual(old.started);
        expect(await baton.advance(old.done)).toEqual(old.advanced);
        const roles = ['test_auditor'];
        const claimable = async () =>
          (await store.listClaimable({ roles, now: clock.now(), limit: 9 })).map(({ id }) => id);
        expect(await claimable()).toEqual([]);
        expect(await baton.renewClaim({ workflowId, token, leaseMs: 30_000 })).toBe(true);
        clock.advance(30_000);
        expect(await claimable()).toEqual([workflowId]);
        await baton.claim({ workflowId, worker: 'heir', roles, leaseMs: 30_000 });
        clock.advance(30_000);
        await advanceTo(baton, workflowId, 'complete');
        const { handoffs, events, snapshot } = await recordOf(store, workflowId);
        expect(handoffs.map(({ number }) => number)).toEqual(handoffs.map((_, i) => i + 1));
        expect(handoffs.slice(0, record.handoffs.length)).toEqual(record.handoffs);
        expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, i) => i + 1));
        expect(snapshot.outputs).toMatchObject(record.snapshot.outputs);
        const projectId = record.snapshot.projectId;
        expect(await baton.projectStats({ projectId })).toMatchObject({ total: 1, completed: 1 });
      }),
    );

    it(
      'lists what waits, what failed, what was cancelled and what is complete where it belongs',
      withStore(open, async ({ store, baton, clock }) => {
        const source = await createMemoryStore();
        const there = createOrchestrator({ store: source, clock });
        const states = ['discovery', 'error', 'cancelled', 'complete'];
        const ids = [];
        for (const state of states) {
          const { workflowId } = await there.start(aBuild());
          clock.advance(1);
          if (state === 'error') {
            const stop = { role: 'q_assistant', completedState: 'discovery', nextState: state };
            await there.advance({ workflowId, ...stop });
          } else if (state === 'cancelled') {
            await there.cancel({ workflowId, reason: 'not wanted' });
          } else await advanceTo(there, workflowId, state);
          await store.restore(await recordOf(source, workflowId));
          ids.push(workflowId);
        }
        const listed = async (filter: object) =>
          (await baton.list(filter)).workflows.map(({ workflowId }) => workflowId);
        expect(await listed({ projectId: 'shop' })).toEqual(ids);
        expect(await listed({ state: 'discovery' })).toEqual([ids[0]]);
        expect(await listed({ state: 'error' })).toEqual([ids[1], ids[2]]);
        expect(await listed({ state: 'complete' })).toEqual([ids[3]]);
        const roles = ['q_assistant', 'release_manager'];
        const claimable = await store.listClaimable({ roles, now: clock.now(), limit: 9 });
        expect(claimable.map(({ id }) => id)).toEqual([ids[0]]);
        const counters = await store.readStats('shop');
        expect(counters).toEqual(await source.readStats('shop'));
        expect(counters).toMatchObject({ failed: 1, cancelled: 1, completed: 1 });
      }),
    );

    it(
      'is refused, without a trace, when the workflow or its build is here already',
      withStore(open, async ({ store, baton, clock }) => {
        const { record, workflowId } = await elsewhere(clock);
        const { projectId, buildId } = record.snapshot;
        await store.restore(record);
        const counters = await store.readStats(projectId);
        const otherBuild = { ...record, snapshot: { ...record.snapshot, buildId: 'free' } };
        const moved = <T extends object>(all: readonly T[]): T[] =>
          all.map((one) => ({ ...one, workflowId: 'wf_other' }));
        const otherWorkflow = {
          ...record,
          snapshot: { ...record.snapshot, id: 'wf_other', requirements: { other: true } },
          handoffs: moved(record.handoffs),
          events: moved(record.events),
        };
        for (const refused of [record, otherBuild, otherWorkflow]) {
          expect(await store.restore(refused)).toEqual({
            kind: 'exists',
            snapshot: record.snapshot,
            reply: undefined,
          });
        }
        expect(await recordOf(store, workflowId)).toEqual(record);
        expect(await store.readStats(projectId)).toEqual(counters);
        expect(await store.load('wf_other')).toBeUndefined();
        expect(await store.readEvents({ workflowId: 'wf_other', after: 0, limit: 9 })).toEqual([]);
        await expect(baton.start(aBuild({ projectId, buildId }))).rejects.toMatchObject({
          code: 'already_exists',
        });
        await expect(baton.start(aBuild({ projectId, buildId: 'free' }))).resolves.toBeDefined();
      }),
    );

    it(
      'lets one of many at once win',
      withStore(open, async ({ store, clock }) => {
        const { record } = await elsewhere(clock);
        const results = await Promise.all(Array.from({ length: 8 }, () => store.restore(record)));
        expect(results.filter(({ kind }) => kind === 'created')).toHaveLength(1);
        expect((await store.readStats(record.snapshot.projectId)).total).toBe(1);
      }),
    );

    it(
      'keeps a trail of 2,000 events',
      withStore(open, async ({ store, baton, clock }) => {
        const source = await createMemoryStore();
        const { workflowId } = await createOrchestrator({ store: source, clock }).start(aBuild());
        const record = aLongTrail(await snapshotOf(source, workflowId), 2000);
        expect(await store.restore(record)).toEqual({ kind: 'created' });
        expect(await recordOf(store, workflowId, 700)).toEqual(record);
        await advanceTo(baton, workflowId, 'planning');
        expect(await store.readEvents({ workflowId, after: 2000, limit: 9 })).toHaveLength(1);
      }),
    );
  });
}
