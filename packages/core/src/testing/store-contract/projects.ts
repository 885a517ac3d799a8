import { describe, expect, it } from 'vitest';
import type { ProjectsQuery, WorkflowStore } from '../../ports/workflow-store.ts';
import { aBuild, advanceTo, type OpenHarness, withStore } from './harness.ts';
import { recordOf } from './whole-workflows.ts';

/** In the order of code points, which is not that of JavaScript, and with what means something to databases. */
const NAMES = [
  ' ',
  '%',
  'A',
  'a',
  'a\u0001',
  'a\u0001b',
  'a b',
  'a:b',
  'ab',
  'abc',
  'b',
  "it's",
  '{b}',
  'é',
  '\uffee',
  '\u{1f388}',
];

const list = (store: WorkflowStore, query: Partial<ProjectsQuery> = {}) =>
  store.listProjects({ after: '', limit: 1001, ...query });

export function projectContract(open: OpenHarness): void {
  describe('listProjects', () => {
    it(
      'lists each project once, in the order of code points, in pages of any size',
      withStore(open, async ({ store, baton, another }) => {
        expect(await list(store)).toEqual([]);
        for (const projectId of NAMES.toReversed()) {
          await baton.start(aBuild({ projectId }));
          await baton.start(aBuild({ projectId }));
        }
        expect(await list(store)).toEqual(NAMES);
        for (const limit of [1, 2, 7]) {
          const found: string[] = [];
          // A store that does not go on would never end.
          while (found.length <= NAMES.length) {
            const page = await list(store, { after: found.at(-1) ?? '', limit });
            found.push(...page);
            if (page.length < limit) break;
          }
          expect(found).toEqual(NAMES);
        }
        expect(await list(store, { after: 'aa', limit: 2 })).toEqual(['ab', 'abc']);
        expect(await list(store, { after: '\u{1f388}' })).toEqual([]);
        expect((await (await another()).listProjects({})).projectIds).toEqual(NAMES);
      }),
    );

    it(
      'lists of the projects that are named those that there are, each once',
      withStore(open, async ({ store, baton }) => {
        for (const projectId of NAMES) await baton.start(aBuild({ projectId }));
        const unknown = Array.from({ length: 50 }, (_, n) => `a-${n}`);
        const projectIds = ['b', 'a', ...unknown, 'a', '{b}', 'a\u0001', 'none'];
        const all = ['a', 'a\u0001', 'b', '{b}'];
        expect(await list(store, { projectIds })).toEqual(all);
        expect(await list(store, { projectIds, limit: 3 })).toEqual(all.slice(0, 3));
        expect(await list(store, { projectIds, after: 'a', limit: 2 })).toEqual(all.slice(1, 3));
        expect(await list(store, { projectIds, after: '{b}' })).toEqual([]);
        expect(await list(store, { projectIds: ['none'] })).toEqual([]);
      }),
    );

    it(
      'has projects whose workflows are complete, and those of restored ones',
      withStore(open, async ({ store, baton }) => {
        const { workflowId } = await baton.start(aBuild({ projectId: 'done' }));
        await advanceTo(baton, workflowId, 'complete');
        const record = await recordOf(store, workflowId);
        const snapshot = { ...record.snapshot, id: 'wf_moved', projectId: 'moved' };
        await store.restore({ ...record, snapshot, handoffs: [], events: [] });
        expect(await list(store)).toEqual(['done', 'moved']);
      }),
    );

    it(
      'counts no project twice and misses none that many processes begin at once',
      withStore(open, async ({ store, baton, another }) => {
        const others = [baton, await another(), await another()];
        const names = Array.from({ length: 30 }, (_, n) => `p${String(n % 10).padStart(2, '0')}`);
        await Promise.all(
          names.map((projectId, n) => others[n % others.length]?.start(aBuild({ projectId }))),
        );
        expect(await list(store)).toEqual(names.slice(0, 10));
      }),
    );
  });
}
