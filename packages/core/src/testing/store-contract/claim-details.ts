import { describe, expect, it } from 'vitest';
import { passingOutputs } from '../build-outputs.ts';
import {
  aBuild,
  aClaim,
  kindsOf,
  type OpenHarness,
  plainCommit,
  snapshotOf,
  withStore,
} from './harness.ts';

/** The last millisecond of the year 9999: more than 32 bits, and than a float of 32 bits holds. */
const LATE = Date.UTC(10_000, 0, 1) - 1;

const LEASE = 30_000;

export function claimDetailContract(open: OpenHarness): void {
  describe('renewClaim', () => {
    it(
      'is refused once the claim has ended, and changes nothing then',
      withStore(open, async ({ store, baton, clock }) => {
        const take = async (workflowId: string) =>
          (await baton.claim({ workflowId, worker: 'w', roles: ['q_assistant'], leaseMs: LEASE }))
            .claim;
        const reported = (await baton.start(aBuild())).workflowId;
        const { token } = await take(reported);
        await baton.advance({
          workflowId: reported,
          role: 'q_assistant',
          completedState: 'discovery',
          result: passingOutputs.discovery,
          claimToken: token,
        });
        const givenBack = (await baton.start(aBuild())).workflowId;
        const { token: second } = await take(givenBack);
        await baton.failAttempt({
          workflowId: givenBack,
          claimToken: second,
          code: 'cancelled',
          message: 'stopped',
          retryable: true,
          retryAfterMs: 0,
        });
        const ended = [
          [reported, token],
          [givenBack, second],
          ['wf_none', token],
        ] as const;
        for (const [workflowId, token] of ended) {
          const before = await store.load(workflowId);
          const expiresAt = clock.now() + 1000;
          expect(await store.renewClaim({ workflowId, token, expiresAt })).toBe(false);
          expect(await store.load(workflowId)).toEqual(before);
        }
      }),
    );

    it(
      'extends a claim that has expired, as long as no other worker has taken it',
      withStore(open, async ({ store, baton, clock }) => {
        const { workflowId } = await baton.start(aBuild());
        const request = { workflowId, worker: 'w', roles: ['q_assistant'], leaseMs: LEASE };
        const { claim } = await baton.claim(request);
        clock.advance(LEASE + 1);
        const expiresAt = clock.now() + 100;
        expect(await store.renewClaim({ workflowId, token: claim.token, expiresAt })).toBe(true);
        expect((await snapshotOf(store, workflowId)).claim).toEqual({ ...claim, expiresAt });
      }),
    );

    it(
      'keeps what else the claim holds, though the store may not know of it',
      withStore(open, async ({ store, baton }) => {
        const { workflowId } = await baton.start(aBuild());
        const claim = { ...aClaim(1, 2), host: { cpus: [4] } };
        await store.commit([plainCommit(await snapshotOf(store, workflowId), { claim })]);
        expect((await snapshotOf(store, workflowId)).claim).toEqual(claim);
        expect(await store.renewClaim({ workflowId, token: 't', expiresAt: 9 })).toBe(true);
        expect((await snapshotOf(store, workflowId)).claim).toEqual({ ...claim, expiresAt: 9 });
      }),
    );
  });

  describe('times', () => {
    it(
      'are kept and compared to the millisecond, late ones too',
      withStore(open, async ({ store, baton }) => {
        const { workflowId } = await baton.start(aBuild());
        const claim = aClaim(LATE - 3, LATE);
        const patch = { claim, notBefore: LATE - 2, updatedAt: LATE - 1, deadline: LATE };
        await store.commit([plainCommit(await snapshotOf(store, workflowId), patch)]);
        const held = await snapshotOf(store, workflowId);
        expect(held).toMatchObject(patch);
        const roles = ['q_assistant'];
        const claimable = async (now: number) => store.listClaimable({ roles, now, limit: 9 });
        expect(await claimable(LATE - 1)).toEqual([]);
        expect(await claimable(LATE)).toEqual([held]);
        const over = async (claimExpiredBy: number) =>
          kindsOf(await store.commit([{ ...plainCommit(held), claimExpiredBy }]));
        expect(await over(LATE - 1)).toEqual(['conflict']);
        expect(await over(LATE)).toEqual(['committed']);
      }),
    );
  });

  describe('listClaimable', () => {
    it(
      'orders by the time from which on, then by id, and cuts after that',
      withStore(open, async ({ store, baton }) => {
        const ids: string[] = [];
        for (let i = 0; i < 6; i++) ids.push((await baton.start(aBuild())).workflowId);
        const order = [...ids].sort().reverse();
        // The later the id, the earlier the time, in pairs that share one.
        for (const [i, id] of order.entries()) {
          const notBefore = 10 + Math.floor(i / 2);
          await store.commit([plainCommit(await snapshotOf(store, id), { notBefore })]);
        }
        const expected = [1, 0, 3, 2, 5, 4].map((i) => order[i]);
        const query = { roles: ['code_writer', 'q_assistant'], now: 100 };
        for (const limit of [6, 3, 1]) {
          const found = await store.listClaimable({ ...query, limit });
          expect(found.map(({ id }) => id)).toEqual(expected.slice(0, limit));
        }
      }),
    );
  });
}
