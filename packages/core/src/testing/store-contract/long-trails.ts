import { describe, expect, it } from 'vitest';
import type { Commit, WorkflowStore } from '../../ports/workflow-store.ts';
import {
  aBuild,
  fullCommit,
  type OpenHarness,
  plainCommit,
  snapshotOf,
  withStore,
} from './harness.ts';

const EVENTS = 10_000;
const PER_COMMIT = 250;
const PAGE = 1000;

export function longTrailContract(open: OpenHarness): void {
  describe('a workflow with 10,000 events', () => {
    it(
      'is read in pages of just the size that was asked for, without a gap',
      withStore(open, async ({ store, baton }) => {
        const { workflowId } = await baton.start(aBuild());
        await fill(store, workflowId);
        const found: number[] = [];
        for (let after = 0; ; after += PAGE) {
          const page = await store.readEvents({ workflowId, after, limit: PAGE });
          expect(page).toHaveLength(Math.min(PAGE, EVENTS - after));
          found.push(...page.map(({ sequence }) => sequence));
          if (page.length === 0) break;
        }
        expect(found).toEqual(Array.from({ length: EVENTS }, (_, i) => i + 1));
        const [one, ...none] = await store.readEvents({ workflowId, after: 7_000, limit: 1 });
        expect(one).toMatchObject({ sequence: 7_001, data: { n: 7_001 } });
        expect(none).toEqual([]);
      }),
      600_000,
    );
  });

  describe('pages', () => {
    it(
      'hold no more than their limit',
      withStore(open, async ({ store, baton }) => {
        const { workflowId } = await baton.start(aBuild());
        await baton.start(aBuild());
        await baton.start(aBuild());
        for (const requestId of ['a', 'b', 'c']) {
          await store.commit([fullCommit(await snapshotOf(store, workflowId), requestId)]);
        }
        for (const limit of [1, 2]) {
          const page = { workflowId, after: 0, limit };
          expect(await store.readHandoffs(page)).toHaveLength(limit);
          expect(await store.readEvents(page)).toHaveLength(limit);
          expect(await store.listWorkflows({ limit })).toHaveLength(limit);
          expect(await store.listWorkflows({ projectId: 'shop', limit })).toHaveLength(limit);
        }
      }),
    );
  });
}

/** Has the workflow at {@link EVENTS} events, each with its number for data. */
async function fill(store: WorkflowStore, workflowId: string): Promise<void> {
  for (;;) {
    const before = await snapshotOf(store, workflowId);
    const missing = Math.min(PER_COMMIT, EVENTS - before.sequence);
    if (missing === 0) return;
    const { snapshot, events, ...rest } = plainCommit(before);
    const last = before.sequence + missing;
    const commit: Commit = {
      ...rest,
      snapshot: { ...snapshot, sequence: last },
      events: Array.from({ length: missing }, (_, i) => {
        const sequence = before.sequence + 1 + i;
        return { ...(events[0] as (typeof events)[0]), sequence, data: { n: sequence } };
      }),
    };
    expect(await store.commit([commit])).toEqual([{ kind: 'committed' }]);
  }
}
