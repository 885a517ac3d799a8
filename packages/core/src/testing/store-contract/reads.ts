import { describe, expect, it } from 'vitest';
import type { Orchestrator } from '../../orchestrator/operations.ts';
import { passingOutputs } from '../build-outputs.ts';
import {
  aBuild,
  advanceTo,
  FORWARD,
  type OpenHarness,
  plainCommit,
  snapshotOf,
  withStore,
} from './harness.ts';

export function readContract(open: OpenHarness): void {
  describe('load', () => {
    it(
      'gives back the snapshot that was committed, field by field',
      withStore(open, async ({ store, baton, another }) => {
        const { workflowId } = await baton.start(aBuild({ metadata: { ticket: 7 } }));
        await advanceTo(baton, workflowId, 'testing');
        await baton.requestRetry({ workflowId, reason: 'two tests fail', details: 'not ok 3' });
        const written = await snapshotOf(store, workflowId);
        const checkpoint = { commit: 'c0ffee', digest: 'd1' };
        const full = plainCommit(written, {
          checkpoint,
          path: [
            ...written.path.slice(0, -1),
            {
              phase: 'implementation',
              enteredAt: 5,
              checkpoint,
              performers: { planning: [{ worker: 'w', models: ['m'], modelFamilies: [] }] },
            },
          ],
          failure: {
            state: 'testing',
            phase: 'testing',
            code: 'x',
            message: 'm',
            details: 'd',
            at: 3,
            by: 'ada',
          },
          claim: {
            worker: 'w',
            token: 't',
            claimedAt: 1,
            expiresAt: 2,
            principal: { models: ['acme:m1'], modelFamilies: ['m'] },
            reserved: { tokens: 5 },
            endsAt: 7,
            permits: [{ name: 'role:r', max: 3 }],
          },
          questions: [
            {
              id: 'q1',
              text: 'Why?',
              choices: [],
              askedInState: 'discovery',
              askedBy: 'q_assistant',
              askedAt: 1,
              answer: { text: 'because', answeredBy: 'ada', at: 2 },
            },
          ],
          awaiting: { kind: 'answers', since: 4 },
          performers: {
            discovery: [{ worker: 'w', models: [], modelFamilies: [], kind: 'person' }],
          },
          rules: { states: 's', gates: 'g', outputs: 'o', approvals: 'a', separations: 'p' },
          questionsAsked: 3,
          attempt: 3,
          retries: 2,
          completedAt: 9,
        });
        await store.commit([full]);
        expect(await snapshotOf(store, workflowId)).toEqual(full.snapshot);
        const other = await another();
        expect(await other.status({ workflowId })).toEqual(await baton.status({ workflowId }));
      }),
    );

    it(
      'has the outputs that were written with other commits, and none that was withdrawn',
      withStore(open, async ({ store, baton }) => {
        const { workflowId } = await baton.start(aBuild());
        await advanceTo(baton, workflowId, 'handoff_to_verifier');
        const { discovery, planning, implementation, testing } = passingOutputs;
        const outputs = async () => (await snapshotOf(store, workflowId)).outputs;
        expect(await outputs()).toEqual({ discovery, planning, implementation, testing });
        await baton.rollback({ workflowId, targetState: 'implementation', reason: 'start over' });
        expect(await outputs()).toEqual({ discovery, planning });
      }),
    );

    it(
      'knows nothing of what was never written',
      withStore(open, async ({ store }) => {
        expect(await store.load('wf_none')).toBeUndefined();
        expect(await store.readEvents({ workflowId: 'wf_none', after: 0, limit: 10 })).toEqual([]);
        expect(await store.readHandoffs({ workflowId: 'wf_none', after: 0, limit: 10 })).toEqual(
          [],
        );
        expect((await store.readStats('none')).total).toBe(0);
      }),
    );

    it(
      'keeps unicode, big numbers and awkward keys to the byte',
      withStore(open, async ({ store, baton }) => {
        const requirements = {
          '': 'empty key',
          'quo\'te"': 'ünïcødé 🏃🏽‍♀️ \u2028 \\ \n\t',
          constructor: { toString: 1, hasOwnProperty: [true, null, -0.5, 1e300] },
          maximum: Number.MAX_SAFE_INTEGER,
          deep: { a: [[[{ b: [] }]]] },
        };
        const { workflowId } = await baton.start(
          aBuild({
            requirements,
            projectId: 'プロジェクト',
            buildId: "b'; DROP TABLE x; --",
            userId: 'ą',
          }),
        );
        expect((await snapshotOf(store, workflowId)).requirements).toEqual(requirements);
        expect((await baton.list({ projectId: 'プロジェクト' })).workflows).toHaveLength(1);
      }),
    );

    it(
      'keeps an output of nearly 2 MiB',
      withStore(open, async ({ store, baton }) => {
        const { workflowId } = await baton.start(aBuild());
        const result = { ...passingOutputs.discovery, notes: 'ä'.repeat(1024 * 1024 - 1000) };
        await baton.advance({
          workflowId,
          role: 'q_assistant',
          completedState: 'discovery',
          result,
        });
        expect((await snapshotOf(store, workflowId)).outputs['discovery']).toEqual(result);
        const [handoff] = await store.readHandoffs({ workflowId, after: 0, limit: 1 });
        expect(handoff?.data).toEqual(result);
      }),
    );
  });

  describe('handoffs and events', () => {
    it(
      'come in order, numbered without gaps, page by page',
      withStore(open, async ({ store, baton }) => {
        const { workflowId } = await baton.start(aBuild());
        await advanceTo(baton, workflowId, 'complete');
        const handoffs = await store.readHandoffs({ workflowId, after: 0, limit: 100 });
        expect(handoffs.map(({ number }) => number)).toEqual(FORWARD.map((_, i) => i + 1));
        expect(handoffs.map(({ fromState }) => fromState)).toEqual(FORWARD.map(([state]) => state));
        expect(handoffs.at(-1)).toMatchObject({ toState: 'complete' });
        expect(handoffs.at(-1)?.toRole).toBeUndefined();
        expect(await store.readHandoffs({ workflowId, after: 4, limit: 3 })).toEqual(
          handoffs.slice(4, 7),
        );
        const events = await store.readEvents({ workflowId, after: 0, limit: 100 });
        expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, i) => i + 1));
        expect(events).toHaveLength(11);
        expect(await store.readEvents({ workflowId, after: 9, limit: 5 })).toEqual(events.slice(9));
        const pages = [];
        for (let token: string | undefined; ; ) {
          const page = await baton.history({ workflowId, pageSize: 4, pageToken: token });
          pages.push(page.handoffs.length);
          token = page.nextPageToken;
          if (token === undefined) break;
        }
        expect(pages).toEqual([4, 4, 2]);
      }),
    );

    it(
      'reach a watcher of another process without a gap',
      withStore(open, async ({ baton, another, clock }) => {
        const other = await another();
        const { workflowId } = await baton.start(aBuild());
        const seen: number[] = [];
        const watching = (async () => {
          for await (const { sequence } of other.watch({ workflowId })) seen.push(sequence);
        })();
        const ticking = setInterval(() => clock.advance(5), 1);
        await advanceTo(baton, workflowId, 'complete').then(() => watching);
        clearInterval(ticking);
        expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
      }),
    );
  });

  describe('a page after the last possible place', () => {
    it(
      'is empty',
      withStore(open, async ({ baton, store }) => {
        const { workflowId } = await baton.start(aBuild());
        const after = 0xffff_ffff;
        expect(await store.readHandoffs({ workflowId, after, limit: 10 })).toEqual([]);
        expect(await store.readEvents({ workflowId, after, limit: 10 })).toEqual([]);
        // The latest time of a date, and an id of the largest characters.
        const place = { createdAt: 8_640_000_000_000_000, id: '\u{10ffff}'.repeat(128) };
        for (const filter of [{}, { projectId: aBuild().projectId }, { state: 'discovery' }]) {
          expect(await store.listWorkflows({ ...filter, after: place, limit: 10 })).toEqual([]);
          const first = { createdAt: 0, id: '!' };
          expect(await store.listWorkflows({ ...filter, after: first, limit: 10 })).toHaveLength(1);
        }
      }),
    );
  });

  describe('readSequences', () => {
    it(
      'has the number of the last event of each that it knows, as it is now',
      withStore(open, async ({ store, baton }) => {
        const ids = [];
        for (let i = 0; i < 3; i++) ids.push((await baton.start(aBuild())).workflowId);
        const [first = '', second = '', third = ''] = ids;
        await advanceTo(baton, second, 'implementation');
        expect(await store.readSequences([second, 'wf_unknown', first])).toEqual(
          new Map([
            [second, 4],
            [first, 1],
          ]),
        );
        expect(await store.readSequences([third])).toEqual(new Map([[third, 1]]));
      }),
    );
  });

  describe('listWorkflows', () => {
    it(
      'pages through all, oldest first, and filters by project, state and role',
      withStore(open, async ({ baton, clock }) => {
        const ids: string[] = [];
        for (let i = 0; i < 7; i++) {
          ids.push((await baton.start(aBuild({ projectId: i < 5 ? 'shop' : 'blog' }))).workflowId);
          if (i % 2 === 0) clock.advance(1);
        }
        await advanceTo(baton, ids[0] as string, 'implementation');
        const walk = async (filter: object, pageSize: number): Promise<string[]> => {
          const found: string[] = [];
          for (let pageToken: string | undefined; ; ) {
            const page = await baton.list({ ...filter, pageSize, pageToken });
            expect(page.workflows.length).toBeLessThanOrEqual(pageSize);
            found.push(...page.workflows.map(({ workflowId }) => workflowId));
            pageToken = page.nextPageToken;
            if (pageToken === undefined) return found;
          }
        };
        const all = await walk({}, 2);
        expect(all).toHaveLength(7);
        expect(new Set(all)).toEqual(new Set(ids));
        expect(await walk({}, 7)).toEqual(all);
        expect(await walk({ projectId: 'shop' }, 2)).toEqual(
          all.filter((id) => ids.indexOf(id) < 5),
        );
        expect(await walk({ state: 'implementation' }, 1)).toEqual([ids[0]]);
        expect(await walk({ role: 'q_assistant', projectId: 'blog' }, 1)).toHaveLength(2);
        expect(await walk({ projectId: 'none' }, 3)).toEqual([]);
      }),
    );
  });

  describe('readStats', () => {
    it(
      'agrees with a recount',
      withStore(open, async ({ baton, clock }) => {
        const ids: string[] = [];
        for (let i = 0; i < 8; i++) ids.push((await baton.start(aBuild())).workflowId);
        const [a, b, c, d, e, f] = ids as [string, string, string, string, string, string];
        clock.advance(1000);
        await advanceTo(baton, a, 'complete');
        clock.advance(1000);
        await advanceTo(baton, b, 'testing');
        await baton.requestRetry({ workflowId: b, reason: 'red' });
        await advanceTo(baton, b, 'complete');
        for (const workflowId of [c, d]) {
          await advanceTo(baton, workflowId, 'testing');
          await giveUp(baton, workflowId);
        }
        await baton.rollback({ workflowId: d, targetState: 'planning', reason: 'again' });
        for (const workflowId of [e, f]) await baton.cancel({ workflowId, reason: 'not wanted' });
        await baton.requestRetry({ workflowId: f, reason: 'wanted after all' });
        expect(await baton.projectStats({ projectId: 'shop' })).toEqual({
          projectId: 'shop',
          total: 8,
          completed: 2,
          failed: 1,
          cancelled: 1,
          inProgress: 4,
          averageDurationMs: 1500,
          successRate: 2 / 3,
          mostCommonFailurePoint: 'testing',
          averageHandoffs: (10 + 13) / 2,
        });
      }),
    );
  });
}

async function giveUp(baton: Orchestrator, workflowId: string): Promise<void> {
  const role = 'test_auditor';
  await baton.advance({ workflowId, role, completedState: 'testing', nextState: 'error' });
}
