import { describe, expect, it } from 'vitest';
import type { CommitResult } from '../../ports/workflow-store.ts';
import { passingOutputs } from '../build-outputs.ts';
import { aBuild, type OpenHarness, plainCommit, snapshotOf, withStore } from './harness.ts';

export function commitContract(open: OpenHarness): void {
  describe('commit', () => {
    it(
      'refuses a revision that is not the next one, and shows the current snapshot',
      withStore(open, async ({ store, baton }) => {
        const { workflowId } = await baton.start(aBuild());
        const first = await snapshotOf(store, workflowId);
        expect(await store.commit([plainCommit(first)])).toEqual([{ kind: 'committed' }]);
        const [stale] = await store.commit([plainCommit(first, { retries: 7 })]);
        expect(stale).toMatchObject({ kind: 'conflict', snapshot: { revision: 2, retries: 0 } });
        expect(await snapshotOf(store, workflowId)).toMatchObject({ revision: 2, retries: 0 });
        expect(await store.readEvents({ workflowId, after: 0, limit: 10 })).toHaveLength(2);
      }),
    );

    it(
      'refuses a revision of the right number that another commit has made: one that the store forgot',
      withStore(open, async ({ store, baton }) => {
        const { workflowId } = await baton.start(aBuild());
        await store.commit([plainCommit(await snapshotOf(store, workflowId))]);
        const current = await snapshotOf(store, workflowId);
        for (const commitId of ['lost-in-a-failover', '', undefined]) {
          const [refused] = await store.commit([plainCommit({ ...current, commitId })]);
          expect(refused).toEqual({ kind: 'conflict', snapshot: current });
        }
        expect(await store.readEvents({ workflowId, after: 0, limit: 10 })).toHaveLength(2);
        const next = plainCommit(current);
        expect(await store.commit([next])).toEqual([{ kind: 'committed' }]);
        expect((await snapshotOf(store, workflowId)).commitId).toBe(next.snapshot.commitId);
      }),
    );

    it(
      'writes several steps at once, each with its revision, event and handoff',
      withStore(open, async ({ store, baton, another }) => {
        const offer = { worker: 'w', roles: ['q_assistant', 'code_writer'], leaseMs: 60_000 };
        const takeNext = [offer];
        const { workflowId, next } = await baton.start({ ...aBuild(), takeNext });
        expect(await snapshotOf(store, workflowId)).toMatchObject({
          ...{ revision: 2, claim: { token: next?.claim.token }, attempt: 1 },
        });
        const discovered = await baton.advance({
          ...{ workflowId, role: 'q_assistant', completedState: 'discovery', takeNext },
          ...{ result: passingOutputs.discovery, claimToken: next?.claim.token },
        });
        const request = {
          ...{ workflowId, role: 'q_assistant', completedState: 'planning', takeNext },
          ...{ result: passingOutputs.planning, claimToken: discovered.next?.claim.token },
          requestId: 'planned',
        };
        const planned = await baton.advance(request);
        expect(planned).toMatchObject({ state: 'implementation', revision: 7 });
        // From the store, and to another process, as it was.
        const other = await another();
        const { snapshot, reply } = (await store.load(workflowId, 'planned')) ?? {};
        expect(snapshot).toMatchObject({
          ...{ state: 'implementation', revision: 7, handoffs: 3, sequence: 7 },
          claim: { token: planned.next?.claim.token },
        });
        expect(reply?.body).toMatchObject({ taken: { claim: { worker: 'w' } } });
        expect(await other.advance(request)).toEqual(planned);
        const events = await store.readEvents({ workflowId, after: 0, limit: 10 });
        expect(events.map(({ revision, type }) => [revision, type])).toEqual([
          [1, 'workflow_started'],
          [2, 'assignment_claimed'],
          [3, 'state_advanced'],
          [4, 'assignment_claimed'],
          [5, 'state_advanced'],
          [6, 'state_advanced'],
          [7, 'assignment_claimed'],
        ]);
        const handoffs = await store.readHandoffs({ workflowId, after: 0, limit: 10 });
        expect(handoffs.map(({ toState }) => toState)).toEqual([
          'planning',
          'handoff_to_coder',
          'implementation',
        ]);
        expect(handoffs[2]?.data).toEqual(passingOutputs.planning);
        // What was decided on a step within it is refused.
        if (snapshot === undefined) throw new Error('it is gone');
        const now = snapshot.updatedAt;
        expect(await store.listClaimable({ roles: offer.roles, now, limit: 10 })).toEqual([]);
        const [stale] = await store.commit([plainCommit({ ...snapshot, revision: 6 })]);
        expect(stale).toMatchObject({ kind: 'conflict', snapshot: { revision: 7 } });
      }),
    );

    it(
      'lets one of two writers at once win',
      withStore(open, async ({ store, baton, another }) => {
        const other = await another();
        const { workflowId } = await baton.start(aBuild());
        const request = {
          workflowId,
          role: 'q_assistant',
          completedState: 'discovery',
          result: { summary: 'A dark mode', requirements: ['A switch'] },
        };
        const calls = Array.from({ length: 20 }, (_, i) =>
          (i % 2 === 0 ? baton : other).advance({ ...request, requestId: `call-${i}` }),
        );
        const settled = await Promise.allSettled(calls);
        expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
        for (const one of settled) {
          if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'wrong_state' });
        }
        expect(await snapshotOf(store, workflowId)).toMatchObject({ revision: 2, handoffs: 1 });
      }),
    );

    it(
      'answers each commit of a batch by itself: neighbours of a conflict are written',
      withStore(open, async ({ store, baton }) => {
        const ids = [];
        for (let i = 0; i < 3; i++) ids.push((await baton.start(aBuild())).workflowId);
        const snapshots = await Promise.all(ids.map((id) => snapshotOf(store, id)));
        const commits = snapshots.map((snapshot, i) =>
          plainCommit(i === 1 ? { ...snapshot, revision: 41 } : snapshot),
        );
        const kinds = (await store.commit(commits)).map(({ kind }) => kind);
        expect(kinds).toEqual(['committed', 'conflict', 'committed']);
        const revisions = await Promise.all(
          ids.map(async (id) => (await snapshotOf(store, id)).revision),
        );
        expect(revisions).toEqual([2, 1, 2]);
      }),
    );

    it(
      'conflicts without a snapshot on a workflow that it does not have',
      withStore(open, async ({ store, baton }) => {
        const { workflowId } = await baton.start(aBuild());
        const snapshot = { ...(await snapshotOf(store, workflowId)), id: 'wf_unknown' };
        const expected: CommitResult[] = [{ kind: 'conflict', snapshot: undefined }];
        expect(await store.commit([plainCommit(snapshot)])).toEqual(expected);
      }),
    );

    it(
      'answers a request id that has a reply with that reply, before it looks at the revision',
      withStore(open, async ({ store, baton }) => {
        const { workflowId } = await baton.start(aBuild());
        const first = await snapshotOf(store, workflowId);
        const reply = { requestId: 'r-1', digest: 'd', body: { said: 'once' } };
        expect(await store.commit([{ ...plainCommit(first), reply }])).toEqual([
          { kind: 'committed' },
        ]);
        const second = await snapshotOf(store, workflowId);
        for (const snapshot of [first, second]) {
          const again = { ...plainCommit(snapshot), reply: { ...reply, body: { said: 'twice' } } };
          expect(await store.commit([again])).toEqual([{ kind: 'duplicate', reply }]);
        }
        expect(await snapshotOf(store, workflowId)).toMatchObject({ revision: 2 });
        expect((await store.load(workflowId, 'r-1'))?.reply).toEqual(reply);
        expect((await store.load(workflowId, 'r-2'))?.reply).toBeUndefined();
      }),
    );

    it(
      'keeps request ids apart between workflows',
      withStore(open, async ({ store, baton }) => {
        const a = await baton.start(aBuild());
        const b = await baton.start(aBuild());
        const reply = { requestId: 'same', digest: 'd', body: {} };
        for (const { workflowId } of [a, b]) {
          const commit = { ...plainCommit(await snapshotOf(store, workflowId)), reply };
          expect(await store.commit([commit])).toEqual([{ kind: 'committed' }]);
        }
      }),
    );
  });

  describe('create', () => {
    it(
      'gives a build id to one workflow of its project, however many ask at once',
      withStore(open, async ({ baton, another }) => {
        const other = await another();
        const build = aBuild();
        const calls = Array.from({ length: 10 }, (_, i) => (i % 2 ? baton : other).start(build));
        const settled = await Promise.allSettled(calls);
        expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
        for (const one of settled) {
          if (one.status === 'rejected')
            expect(one.reason).toMatchObject({ code: 'already_exists' });
        }
        expect(await baton.projectStats({ projectId: build.projectId })).toMatchObject({
          total: 1,
        });
        await expect(baton.start({ ...build, projectId: 'other' })).resolves.toBeDefined();
      }),
    );

    it(
      'answers a repeated start with the reply to the first, and refuses another body',
      withStore(open, async ({ baton, another }) => {
        const build = aBuild({ requestId: 'start-1' });
        const first = await baton.start(build);
        expect(await (await another()).start(build)).toEqual(first);
        await expect(baton.start({ ...build, userId: 'bob' })).rejects.toMatchObject({
          code: 'request_id_reused',
        });
        expect(await baton.projectStats({ projectId: build.projectId })).toMatchObject({
          total: 1,
        });
      }),
    );
  });
}
