import { describe, expect, it } from 'vitest';
import type { ClaimableQuery } from '../../ports/workflow-store.ts';
import {
  aBuild,
  aClaim,
  type Bench,
  type OpenHarness,
  plainCommit,
  snapshotOf,
  withStore,
} from './harness.ts';

const ROLES = ['q_assistant', 'code_writer'];

async function buildIdsOf({ store }: Bench, query: Partial<ClaimableQuery>): Promise<string[]> {
  const found = await store.listClaimable({ roles: ROLES, now: 1e12, limit: 100, ...query });
  return found.map(({ buildId }) => buildId);
}

/** Builds of some projects, named after them: the first number is the priority, the second when they may begin. */
async function startAll({ baton, store }: Bench, builds: readonly string[]): Promise<void> {
  for (const buildId of builds) {
    const [projectId = '', priority = '', notBefore = ''] = buildId.split('/');
    const build = aBuild({ projectId, buildId, priority: Number(priority) });
    const { workflowId } = await baton.start(build);
    const snapshot = await snapshotOf(store, workflowId);
    await store.commit([plainCommit(snapshot, { notBefore: Number(notBefore) })]);
  }
}

export function fairListContract(open: OpenHarness): void {
  describe('listClaimable of several projects', () => {
    it(
      'goes from project to project, and in each by priority, then time, then id',
      withStore(open, async (bench) => {
        await startAll(bench, [
          'b/0/2',
          'b/0/1',
          'c/-7/1',
          'a/0/5',
          'b/9/9',
          'c/100/8',
          'B/-100/1',
        ]);
        const all = ['B/-100/1', 'a/0/5', 'b/9/9', 'b/0/1', 'b/0/2', 'c/100/8', 'c/-7/1'];
        expect(await buildIdsOf(bench, {})).toEqual(all);
        expect(await buildIdsOf(bench, { limit: 4 })).toEqual(all.slice(0, 4));
        expect(await buildIdsOf(bench, { perProject: 1 })).toEqual([
          'B/-100/1',
          'a/0/5',
          'b/9/9',
          'c/100/8',
        ]);
        expect(await buildIdsOf(bench, { perProject: 2, afterProject: 'a', limit: 3 })).toEqual([
          'b/9/9',
          'b/0/1',
          'c/100/8',
        ]);
        expect(await buildIdsOf(bench, { afterProject: 'aa' })).toEqual(all.slice(2));
        expect(await buildIdsOf(bench, { afterProject: 'c' })).toEqual([]);
      }),
    );

    it(
      'has only those that are named, also where their claims have run out',
      withStore(open, async (bench) => {
        const { store } = bench;
        await startAll(bench, ['b/0/2', 'a/0/5', 'B/9/1', 'c/100/8', 'ca/1/1', 'b/1/3']);
        const named = ['ca', 'b', 'nowhere', 'B', 'b'];
        const all = ['B/9/1', 'b/1/3', 'b/0/2', 'ca/1/1'];
        expect(await buildIdsOf(bench, { projectIds: named })).toEqual(all);
        expect(await buildIdsOf(bench, { projectIds: named, limit: 3, perProject: 1 })).toEqual([
          'B/9/1',
          'b/1/3',
          'ca/1/1',
        ]);
        expect(await buildIdsOf(bench, { projectIds: named, afterProject: 'B', limit: 2 })).toEqual(
          ['b/1/3', 'b/0/2'],
        );
        expect(await buildIdsOf(bench, { projectIds: ['nowhere'] })).toEqual([]);
        const found = await store.listClaimable({ roles: ROLES, now: 1e12, limit: 9 });
        for (const snapshot of found) {
          await store.commit([plainCommit(snapshot, { claim: aClaim(1, 5) })]);
        }
        expect(await buildIdsOf(bench, { projectIds: named, now: 10 })).toEqual(all);
        expect(await buildIdsOf(bench, { projectIds: named, now: 4 })).toEqual([]);
      }),
    );

    it(
      'has the work of all roles in one order, and none twice',
      withStore(open, async (bench) => {
        const { store } = bench;
        await startAll(bench, ['a/1/1', 'a/2/1', 'a/3/1', 'b/0/1']);
        const [, second] = await store.listClaimable({ roles: ROLES, now: 9, limit: 9 });
        if (second === undefined) throw new Error('the builds are not listed');
        await store.commit([plainCommit(second, { role: 'code_writer' })]);
        const roles = [...ROLES, ...ROLES];
        expect(await buildIdsOf(bench, { roles })).toEqual(['a/3/1', 'a/2/1', 'a/1/1', 'b/0/1']);
        expect(await buildIdsOf(bench, { roles, perProject: 2, limit: 3 })).toEqual([
          'a/3/1',
          'a/2/1',
          'b/0/1',
        ]);
        expect(await buildIdsOf(bench, { roles: ['code_writer'] })).toEqual(['a/2/1']);
      }),
    );

    it(
      'leaves out projects whose work is claimed or waits, and has work again whose claim ran out',
      withStore(open, async (bench) => {
        const { store, baton, clock } = bench;
        await startAll(bench, ['a/0/1', 'b/0/1', 'b/5/1', 'c/0/1']);
        const [a, urgent, b] = await store.listClaimable({ roles: ROLES, now: 9, limit: 9 });
        for (const one of [a, urgent, b]) {
          const claim = { worker: 'w', roles: ROLES, leaseMs: 1000 };
          await baton.claim({ workflowId: one?.id ?? '', ...claim });
        }
        const now = clock.now();
        expect(await buildIdsOf(bench, { now })).toEqual(['c/0/1']);
        expect(await buildIdsOf(bench, { now, limit: 1 })).toEqual(['c/0/1']);
        const later = now + 1000;
        expect(await buildIdsOf(bench, { now: later, perProject: 1 })).toEqual([
          'a/0/1',
          'b/5/1',
          'c/0/1',
        ]);
        expect(await buildIdsOf(bench, { now: later, afterProject: 'a', limit: 2 })).toEqual([
          'b/5/1',
          'b/0/1',
        ]);
      }),
    );

    it(
      'orders projects by code point',
      withStore(open, async (bench) => {
        await startAll(bench, ['\u{1f600}/0/1', '\uffee/0/1', 'z/0/1', '~/0/1']);
        const all = ['z/0/1', '~/0/1', '\uffee/0/1', '\u{1f600}/0/1'];
        expect(await buildIdsOf(bench, {})).toEqual(all);
        expect(await buildIdsOf(bench, { afterProject: '\uffee' })).toEqual(['\u{1f600}/0/1']);
      }),
    );
  });
}
