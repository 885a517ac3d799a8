import { describe, expect, it } from 'vitest';
import { BEHIND_TALLIES, countersOf } from '../../model/tallies.ts';
import { NO_USAGE } from '../../model/usage.ts';
import {
  addCounters,
  NO_USAGE_COUNTERS,
  type UsageCounters,
  type UsageDelta,
} from '../../model/usage-counters.ts';
import type { Orchestrator } from '../../orchestrator/operations.ts';
import type { UsageQuery, WorkflowStore } from '../../ports/workflow-store.ts';
import { passingOutputs } from '../build-outputs.ts';
import { counted, createRandom, drive, eventsOf } from './driven-builds.ts';
import {
  aBuild,
  FORWARD,
  kindsOf,
  type OpenHarness,
  plainCommit,
  snapshotOf,
  withStore,
} from './harness.ts';
import { recordOf } from './whole-workflows.ts';

const ALL = { projectId: 'shop', from: '2026-01-01', to: '2027-01-01', limit: 1001 };

/** What a commit adds for one role and model. */
function aDelta(patch: Partial<UsageDelta>): UsageDelta {
  return { ...NO_USAGE_COUNTERS, day: '2026-03-01', role: 'writer', model: 'm', ...patch };
}

const inAnyOrder = (rows: readonly unknown[]) => rows.map((row) => JSON.stringify(row)).sort();

export function usageContract(open: OpenHarness): void {
  describe('readUsage', () => {
    const read = (store: WorkflowStore, query: Partial<UsageQuery> = {}) =>
      store.readUsage({ ...ALL, after: BEHIND_TALLIES, ...query });

    it(
      'adds up what commits brought along, by role and model, and knows nothing of others',
      withStore(open, async ({ store, baton, another }) => {
        const { workflowId } = await baton.start(aBuild());
        const commit = async (...usage: readonly UsageDelta[]) => {
          const next = plainCommit(await snapshotOf(store, workflowId));
          expect(kindsOf(await store.commit([{ ...next, usage }]))).toEqual(['committed']);
        };
        const first = { attempts: 1, durationMs: 10, costNanos: 7, unsettledTokens: 5 };
        await commit(aDelta(first), aDelta({ attempts: 1, model: '' }));
        await commit(aDelta({ attempts: 2, inputTokens: 2 ** 40, unsettledTokens: -5 }));
        await commit(aDelta({ attempts: 4, day: '2026-04-30' }));
        await commit(aDelta({ attempts: 8, day: '2026-03-02', role: 'ünï 🎈', model: '\uffff' }));
        const sum = { ...NO_USAGE_COUNTERS, role: 'writer', model: 'm' };
        const march = { ...sum, attempts: 3, durationMs: 10, costNanos: 7, inputTokens: 2 ** 40 };
        const odd = { ...sum, role: 'ünï 🎈', model: '\uffff', attempts: 8 };
        const undeclared = { ...sum, model: '', attempts: 1 };
        expect(await read(store)).toEqual([undeclared, { ...march, attempts: 7 }, odd]);
        expect(await read(store, { to: '2026-03-02' })).toEqual([undeclared, march]);
        expect(await read(store, { from: '2026-03-02', to: '2026-04-30' })).toEqual([odd]);
        expect(await read(store, { limit: 1 })).toEqual([undeclared]);
        expect(await read(store, { limit: 1, after: undeclared })).toMatchObject([{ model: 'm' }]);
        expect(await read(store, { after: odd })).toEqual([]);
        expect(await read(store, { projectId: 'other' })).toEqual([]);
        await (await another()).status({ workflowId });
      }),
    );

    it(
      'has each day for itself where that is asked for, by role, model and day, in pages',
      withStore(open, async ({ store, baton }) => {
        const { workflowId } = await baton.start(aBuild());
        const next = plainCommit(await snapshotOf(store, workflowId));
        const days = ['2026-03-01', '2026-02-28', '2026-03-02'];
        const usage = days.flatMap((day, i) => [
          aDelta({ day, attempts: i + 1 }),
          aDelta({ day, model: 'other', attempts: 10 }),
        ]);
        expect(kindsOf(await store.commit([{ ...next, usage }]))).toEqual(['committed']);
        const again = plainCommit(next.snapshot);
        await store.commit([{ ...again, usage: [aDelta({ attempts: 5, costNanos: 2 })] }]);
        const span = { byDay: true, from: '2026-02-28', to: '2026-03-02' };
        const rows = await read(store, span);
        const row = { ...NO_USAGE_COUNTERS, role: 'writer', model: 'm' };
        const first = { ...row, day: '2026-02-28', attempts: 2 };
        const second = { ...row, day: '2026-03-01', attempts: 6, costNanos: 2 };
        const others = ['2026-02-28', '2026-03-01'].map((day) => {
          return { ...row, model: 'other', day, attempts: 10 };
        });
        expect(rows).toEqual([first, second, ...others]);
        expect(await read(store, { ...span, limit: 2 })).toEqual(rows.slice(0, 2));
        expect(await read(store, { ...span, after: rows[1], limit: 1 })).toEqual([rows[2]]);
        expect(await read(store, { ...span, after: rows[3] })).toEqual([]);
        const whole = await read(store, { ...span, byDay: false });
        expect(whole.map(({ attempts, day }) => [attempts, day])).toEqual([
          [8, undefined],
          [20, undefined],
        ]);
      }),
    );

    it(
      'counts nothing of a commit that was refused, and of one that is sent again once',
      withStore(open, async ({ store, baton }) => {
        const { workflowId } = await baton.start(aBuild());
        const before = await snapshotOf(store, workflowId);
        const reply = { requestId: 'r', digest: 'd', body: {} };
        const one = { ...plainCommit(before), usage: [aDelta({ attempts: 1 })], reply };
        const rival = { ...plainCommit(before), usage: [aDelta({ attempts: 1 })] };
        expect(kindsOf(await store.commit([one]))).toEqual(['committed']);
        expect(kindsOf(await store.commit([rival]))).toEqual(['conflict']);
        expect(kindsOf(await store.commit([one]))).toEqual(['duplicate']);
        expect(await read(store)).toMatchObject([{ attempts: 1 }]);
      }),
    );

    it(
      'ends at the largest number that all can count to, and goes on counting others',
      withStore(open, async ({ store, baton }) => {
        const { workflowId } = await baton.start(aBuild());
        for (const day of ['2026-03-01', '2026-03-01', '2026-03-02']) {
          const next = plainCommit(await snapshotOf(store, workflowId));
          const usage = [aDelta({ day, attempts: 1, inputTokens: Number.MAX_SAFE_INTEGER })];
          expect(kindsOf(await store.commit([{ ...next, usage }]))).toEqual(['committed']);
        }
        const sum = { attempts: 3, inputTokens: Number.MAX_SAFE_INTEGER };
        expect(await read(store)).toMatchObject([sum]);
      }),
    );

    it(
      'loses nothing of commits that many workflows of a project make at once',
      withStore(open, async ({ store, baton, another }) => {
        const others = [baton, await another()];
        const started = await Promise.all(Array.from({ length: 20 }, () => baton.start(aBuild())));
        const usage = { ...NO_USAGE, requests: 1, cost: 0.1 };
        await Promise.all(
          started.map(async ({ workflowId }, i) => {
            const by = others[i % 2] as Orchestrator;
            for (const [completedState, role] of FORWARD.slice(0, 4)) {
              const result = passingOutputs[completedState as keyof typeof passingOutputs];
              await by.advance({ workflowId, role, completedState, result, usage });
            }
          }),
        );
        const rows = await read(store);
        expect(
          rows.map(({ role, attempts, requests, costNanos }) => [
            role,
            attempts,
            requests,
            costNanos,
          ]),
        ).toEqual([
          ['code_writer', 40, 40, 4_000_000_000],
          ['q_assistant', 40, 40, 4_000_000_000],
        ]);
      }),
    );

    it(
      'tells what the events of builds tell that went on by chance, in whatever span',
      withStore(open, async ({ store, baton, clock }) => {
        const random = createRandom(20_260_130);
        const ids: string[] = [];
        for (let i = 0; i < 3; i++) ids.push(await drive(baton, clock, random));
        const events = (await Promise.all(ids.map((id) => eventsOf(store, id)))).flat();
        const rows = await read(store);
        expect(events.some(({ data }) => data['code'] === 'late_usage')).toBe(true);
        expect(rows.length).toBeGreaterThan(5);
        expect(inAnyOrder(rows)).toEqual(inAnyOrder(counted(events)));
        const span = { from: '2026-01-05', to: '2026-02-10' };
        const some = counted(events, span.from, span.to);
        expect(some).not.toEqual(counted(events));
        expect(inAnyOrder(await read(store, span))).toEqual(inAnyOrder(some));
        // What each workflow says of its phases is the same.
        for (const id of ids) {
          const phases = Object.values((await snapshotOf(store, id)).usage);
          const own: readonly UsageCounters[] = counted(await eventsOf(store, id));
          for (const counter of [
            'requests',
            'inputTokens',
            'durationMs',
            'unsettledTokens',
          ] as const) {
            const sumOf = (all: readonly { readonly [K in typeof counter]: number }[]) =>
              all.reduce((sum, one) => sum + one[counter], 0);
            expect(sumOf(own)).toBe(sumOf(phases));
          }
          const cost = phases.reduce((sum, one) => sum + one.cost, 0);
          const nanos = own.reduce((sum, one) => sum + one.costNanos, 0);
          expect(nanos / 1e9).toBeCloseTo(cost, 6);
        }
      }),
    );

    it(
      'tells of what happened to builds what their events tell, those of creates as well, and of restored ones',
      withStore(open, async ({ store, baton, clock }) => {
        const random = createRandom(20_260_131);
        const ids: string[] = [];
        for (let i = 0; i < 3; i++) ids.push(await drive(baton, clock, random));
        const trails = await Promise.all(ids.map((id) => eventsOf(store, id)));
        const tallied = (rows: readonly { readonly role: string }[]) =>
          rows.filter(({ role }) => role.startsWith(':'));
        const all = { after: undefined, byDay: true };
        const found = tallied(await read(store, all));
        const sums = new Map<string, UsageDelta>();
        for (const delta of trails.flatMap((events) => countersOf(events))) {
          const key = JSON.stringify([delta.day, delta.role, delta.model]);
          const { day, role, model, ...counters } = delta;
          const sum = addCounters(sums.get(key) ?? NO_USAGE_COUNTERS, counters);
          sums.set(key, { day, role, model, ...sum });
        }
        const sorted = (rows: readonly object[]) =>
          rows.map((row) => JSON.stringify(Object.entries(row).sort())).sort();
        expect(sorted(found)).toEqual(sorted(tallied([...sums.values()])));
        const names = new Set(found.map(({ role }) => role));
        for (const name of [':started', ':performed', ':rolled_back'])
          expect(names).toContain(name);
        const record = await recordOf(store, ids[0] ?? '');
        const moved = { ...record.snapshot, id: 'wf_moved', buildId: 'm', projectId: 'moved' };
        await store.restore({ ...record, snapshot: moved, handoffs: [], events: [] });
        const started = await read(store, { after: undefined, projectId: 'moved' });
        expect(started.find(({ role }) => role === ':started')).toMatchObject({ attempts: 1 });
      }),
    );

    it(
      'counts what a restored workflow has used, on the days on which it did',
      withStore(open, async ({ store, baton, clock }) => {
        const workflowId = await drive(baton, clock, createRandom(7));
        const before = await read(store);
        const record = await recordOf(store, workflowId);
        const later = [
          aDelta({ day: '2026-11-30', attempts: 1 }),
          aDelta({ day: '2026-12-01', requests: 1 }),
        ];
        const moved = (to: string) => ({
          ...record,
          snapshot: { ...record.snapshot, id: `wf_${to}`, buildId: to, projectId: 'moved' },
          handoffs: [],
          events: [],
          usage: [...record.usage, ...later],
        });
        expect(await store.restore(moved('a'))).toMatchObject({ kind: 'created' });
        expect(await store.restore(moved('a'))).toMatchObject({ kind: 'exists' });
        const [writer, ...others] = (await read(store, { projectId: 'moved' })).toReversed();
        expect(writer).toEqual({
          ...NO_USAGE_COUNTERS,
          role: 'writer',
          model: 'm',
          attempts: 1,
          requests: 1,
        });
        expect(others.toReversed()).toEqual(before);
        const december = { from: '2026-12-01', projectId: 'moved' };
        expect(await read(store, december)).toMatchObject([{ attempts: 0, requests: 1 }]);
        const span = { from: '2026-01-03', to: '2026-01-20' };
        const same = await read(store, span);
        expect(await read(store, { ...span, projectId: 'moved' })).toEqual(same);
      }),
    );
  });
}
