import { describe, expect, it } from 'vitest';
import { buildDefinition } from '../../model/build/build-definition.ts';
import type { ListRequest } from '../../model/requests.ts';
import type { Orchestrator } from '../../orchestrator/operations.ts';
import type { WorkflowQuery } from '../../ports/workflow-store.ts';
import { aBuild, advanceTo, type Bench, type OpenHarness, withStore } from './harness.ts';
import { recordOf } from './whole-workflows.ts';

const definition = buildDefinition({ approvals: [{ from: 'discovery', to: 'planning' }] });

/**
 * Builds that were started one after another.
 *
 * @param together how many at a time.
 */
async function startAll(
  { baton, clock }: Pick<Bench, 'baton' | 'clock'>,
  builds: readonly string[],
  together = 1,
): Promise<string[]> {
  const ids: string[] = [];
  for (const [i, build] of builds.entries()) {
    const [projectId = '', buildId = '', userId = 'ada'] = build.split('/');
    ids.push((await baton.start(aBuild({ projectId, buildId, userId }))).workflowId);
    if ((i + 1) % together === 0) clock.advance(1);
  }
  return ids;
}

async function walk(baton: Orchestrator, filter: ListRequest, pageSize: number): Promise<string[]> {
  const found: string[] = [];
  for (let pageToken: string | undefined; ; ) {
    const page = await baton.list({ ...filter, pageSize, pageToken });
    found.push(...page.workflows.map(({ buildId }) => buildId));
    pageToken = page.nextPageToken;
    if (pageToken === undefined) return found;
  }
}

async function waitForAnswers(baton: Orchestrator, workflowId: string): Promise<void> {
  const worker = { workflowId, worker: 'w', roles: ['q_assistant'], leaseMs: 3_600_000 };
  const { claim } = await baton.claim(worker);
  const questions = [{ text: 'Which theme?' }];
  await baton.ask({ workflowId, claimToken: claim.token, questions });
}

export function creationListContract(open: OpenHarness): void {
  describe('listWorkflows from the newest on', () => {
    it(
      'is the list of the oldest the other way round, with every filter and of any page',
      withStore(open, async (bench) => {
        const { baton } = bench;
        const ids = await startAll(bench, ['a/1', 'b/2', 'a/3', 'a/4', 'b/5', 'a/6', 'a/7'], 3);
        await advanceTo(baton, ids[2] as string, 'implementation');
        const filters = [
          {},
          { projectId: 'a' },
          { projectIds: ['b', 'a'] },
          { state: 'discovery' },
          { projectId: 'a', role: 'q_assistant' },
        ];
        for (const filter of filters) {
          const oldest = await walk(baton, filter, 100);
          for (const pageSize of [1, 2, 7, 100]) {
            const newest = await walk(baton, { ...filter, newestFirst: true }, pageSize);
            expect(newest).toEqual([...oldest].reverse());
          }
        }
        expect(await walk(baton, { newestFirst: true }, 3)).toHaveLength(7);
      }),
    );

    it(
      'has nothing twice, and nothing new, when builds start and move on between two pages',
      withStore(open, async (bench) => {
        const { baton, clock } = bench;
        const ids = await startAll(bench, ['a/1', 'a/2', 'a/3', 'a/4']);
        clock.advance(1);
        const first = await baton.list({ newestFirst: true, pageSize: 2 });
        await startAll(bench, ['a/5']);
        await advanceTo(baton, ids[0] as string, 'complete');
        const pageToken = first.nextPageToken;
        const second = await baton.list({ newestFirst: true, pageSize: 2, pageToken });
        const found = [first, second].flatMap(({ workflows }) =>
          workflows.map(({ buildId }) => buildId),
        );
        expect(found.sort()).toEqual(['1', '2', '3', '4']);
        expect(second.nextPageToken).toBeUndefined();
      }),
    );
  });

  describe('listWorkflows of what waits for a person', () => {
    it(
      'has what waits for answers or an approval, until it does not',
      withStore(open, async (bench) => {
        const { another, store } = bench;
        const baton = await another({ definitions: [definition] });
        const builds = ['a/asks', 'b/asks too', 'a/approval', 'a/works', 'b/late approval'];
        const ids = await startAll({ ...bench, baton }, builds);
        const [asks = '', asksToo = '', held = '', , late = ''] = ids;
        await waitForAnswers(baton, asks);
        await waitForAnswers(baton, asksToo);
        await advanceTo(baton, held, 'none');
        await advanceTo(baton, late, 'none');
        const list = (filter: ListRequest) => walk(baton, filter, 1);
        expect(await list({ awaiting: 'answers' })).toEqual(['asks', 'asks too']);
        expect(await list({ awaiting: 'answers', projectId: 'b' })).toEqual(['asks too']);
        const newest = { awaiting: 'approval', newestFirst: true } as const;
        expect(await list(newest)).toEqual(['late approval', 'approval']);
        expect(await list({ ...newest, projectIds: ['a'], state: 'discovery' })).toEqual([
          'approval',
        ]);
        expect(await list({ awaiting: 'approval', state: 'planning' })).toEqual([]);
        await baton.answerQuestion({ workflowId: asks, questionId: 'q1', answer: 'dark', by: 'x' });
        await baton.decideApproval({ workflowId: held, approved: true, by: 'ada' });
        await baton.rollback({ workflowId: late, targetState: 'discovery', reason: 'again' });
        expect(await list({ awaiting: 'answers' })).toEqual(['asks too']);
        expect(await list({ awaiting: 'approval' })).toEqual([]);
        const names = await store.listNames({ awaiting: 'answers', limit: 10 });
        expect(names.map(({ id }) => id)).toEqual([asksToo]);
      }),
    );

    it(
      'has what was brought in from another store',
      withStore(open, async (bench) => {
        const { baton, store, another } = bench;
        const [workflowId = ''] = await startAll(bench, ['a/asks']);
        await waitForAnswers(baton, workflowId);
        const { snapshot, ...record } = await recordOf(store, workflowId);
        const copy = { ...snapshot, id: 'wf_copy', buildId: 'copy' };
        const ofCopy = <T extends object>(all: readonly T[]) =>
          all.map((one) => ({ ...one, workflowId: 'wf_copy' }));
        await store.restore({
          ...record,
          snapshot: copy,
          events: ofCopy(record.events),
          handoffs: ofCopy(record.handoffs),
        });
        expect(await walk(await another(), { awaiting: 'answers' }, 10)).toContain('copy');
      }),
    );
  });

  describe('listNames', () => {
    it(
      'is the same list, of the names alone',
      withStore(open, async (bench) => {
        const { baton, store } = bench;
        const ids = await startAll(bench, ['a/1', 'b/2/grace', 'a/3', 'a/é "4"/ünï 🏃', 'b/5']);
        await advanceTo(baton, ids[0] as string, 'implementation');
        const filters: Omit<WorkflowQuery, 'limit'>[] = [
          {},
          { newestFirst: true },
          { projectId: 'a', newestFirst: true },
          { state: 'discovery' },
          { projectId: 'b', role: 'q_assistant' },
          { projectId: 'none' },
        ];
        for (const filter of filters) {
          const listed = await store.listWorkflows({ ...filter, limit: 10 });
          const names = listed.map(({ id, createdAt, buildId, userId }) => {
            return { id, createdAt, buildId, userId };
          });
          expect(await store.listNames({ ...filter, limit: 10 })).toEqual(names);
          const [first, ...others] = names;
          expect(await store.listNames({ ...filter, after: first, limit: 2 })).toEqual(
            others.slice(0, 2),
          );
        }
      }),
    );

    it(
      'finds builds by a part of their own id or their user, whatever its case',
      withStore(open, async (bench) => {
        const { baton } = bench;
        const builds = ['a/Dark-Mode/ada', 'b/light/DARKO', 'a/a%b_c/ada', 'a/ÄRGER/eve', 'b/x/y'];
        await startAll(bench, builds);
        const search = (text: string, more: ListRequest = {}) =>
          walk(baton, { search: text, ...more }, 1);
        expect(await search('dark')).toEqual(['Dark-Mode', 'light']);
        expect(await search('DARK', { newestFirst: true })).toEqual(['light', 'Dark-Mode']);
        expect(await search('dark', { projectId: 'a' })).toEqual(['Dark-Mode']);
        expect(await search('dark', { projectIds: ['b', 'a'] })).toEqual(['Dark-Mode', 'light']);
        expect(await search('ärg')).toEqual(['ÄRGER']);
        expect(await search('%b_')).toEqual(['a%b_c']);
        expect(await search('_')).toEqual(['a%b_c']);
        expect(await search('nothing')).toEqual([]);
        expect(await search('d', { state: 'planning' })).toEqual([]);
      }),
    );
  });
}
