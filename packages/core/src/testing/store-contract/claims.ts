import { describe, expect, it } from 'vitest';
import type { Orchestrator } from '../../orchestrator/operations.ts';
import { passingOutputs } from '../build-outputs.ts';
import { aBuild, advanceTo, type OpenHarness, snapshotOf, withStore } from './harness.ts';

const LEASE = 30_000;

function claimBy(baton: Orchestrator, workflowId: string, worker: string) {
  return baton.claim({ workflowId, worker, roles: ['q_assistant'], leaseMs: LEASE });
}

export function claimContract(open: OpenHarness): void {
  describe('claims', () => {
    it(
      'go to one of many workers at once',
      withStore(open, async ({ baton, another }) => {
        const other = await another();
        const { workflowId } = await baton.start(aBuild());
        const calls = Array.from({ length: 10 }, (_, i) =>
          claimBy(i % 2 ? baton : other, workflowId, `worker-${i}`),
        );
        const settled = await Promise.allSettled(calls);
        expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      }),
    );

    it(
      'refuse a zombie writer whose claim was overtaken',
      withStore(open, async ({ baton, another, clock, store }) => {
        const zombie = await claimBy(baton, (await baton.start(aBuild())).workflowId, 'zombie');
        const { workflowId } = zombie.assignment;
        const other = await another();
        clock.advance(LEASE);
        const heir = await claimBy(other, workflowId, 'heir');
        const report = (claimToken: string) => ({
          workflowId,
          role: 'q_assistant',
          completedState: 'discovery',
          result: passingOutputs.discovery,
          claimToken,
        });
        await expect(baton.advance(report(zombie.claim.token))).rejects.toMatchObject({
          code: 'stale_claim',
        });
        expect(
          await baton.renewClaim({ workflowId, token: zombie.claim.token, leaseMs: LEASE }),
        ).toBe(false);
        await expect(other.advance(report(heir.claim.token))).resolves.toMatchObject({
          state: 'planning',
        });
        expect(await snapshotOf(store, workflowId)).toMatchObject({
          state: 'planning',
          handoffs: 1,
        });
      }),
    );

    it(
      'that were renewed are not overtaken, even by a process that has not seen the renewal',
      withStore(open, async ({ baton, another, clock, store }) => {
        const other = await another();
        const { workflowId } = await baton.start(aBuild());
        const { claim } = await claimBy(baton, workflowId, 'holder');
        await other.status({ workflowId });
        clock.advance(LEASE - 1);
        const { revision } = await snapshotOf(store, workflowId);
        expect(await baton.renewClaim({ workflowId, token: claim.token, leaseMs: LEASE })).toBe(
          true,
        );
        clock.advance(2);
        await expect(claimBy(other, workflowId, 'thief')).rejects.toMatchObject({
          code: 'stale_claim',
        });
        const after = await snapshotOf(store, workflowId);
        expect(after).toMatchObject({ revision, claim: { worker: 'holder' } });
        expect(after.claim?.expiresAt).toBe(clock.now() - 2 + LEASE);
      }),
    );

    it(
      'keep others from reporting while they last',
      withStore(open, async ({ baton, another, clock }) => {
        const { workflowId } = await baton.start(aBuild());
        await claimBy(baton, workflowId, 'holder');
        const report = {
          workflowId,
          role: 'q_assistant',
          completedState: 'discovery',
          result: passingOutputs.discovery,
        };
        const other = await another();
        await expect(other.advance(report)).rejects.toMatchObject({ code: 'stale_claim' });
        clock.advance(LEASE);
        await expect(other.advance(report)).resolves.toMatchObject({ state: 'planning' });
      }),
    );
  });

  describe('listClaimable', () => {
    it(
      'lists what the roles may take, the longest waiting first',
      withStore(open, async ({ baton, clock, store }) => {
        const first = await baton.start(aBuild());
        clock.advance(1);
        const second = await baton.start(aBuild());
        clock.advance(1);
        const elsewhere = await baton.start(aBuild());
        await advanceTo(baton, elsewhere.workflowId, 'implementation');
        const ask = async (roles: string[], now = clock.now()) =>
          (await store.listClaimable({ roles, now, limit: 10 })).map(({ id }) => id);
        expect(await ask(['q_assistant'])).toEqual([first.workflowId, second.workflowId]);
        expect(await ask(['code_writer', 'q_assistant'])).toHaveLength(3);
        expect(await ask(['release_manager'])).toEqual([]);
        expect(await ask(['q_assistant'], clock.now() - 2)).toEqual([first.workflowId]);
        expect(
          await store.listClaimable({ roles: ['q_assistant'], now: clock.now(), limit: 1 }),
        ).toHaveLength(1);
      }),
    );

    it(
      'leaves out what is claimed, until the claim expires',
      withStore(open, async ({ baton, clock, store }) => {
        const { workflowId } = await baton.start(aBuild());
        await claimBy(baton, workflowId, 'holder');
        const ask = () =>
          store.listClaimable({ roles: ['q_assistant'], now: clock.now(), limit: 10 });
        expect(await ask()).toEqual([]);
        clock.advance(LEASE - 1);
        expect(await ask()).toEqual([]);
        clock.advance(1);
        expect(await ask()).toMatchObject([{ id: workflowId }]);
      }),
    );

    it(
      'leaves out what backs off, what waits in error and what is complete',
      withStore(open, async ({ baton, clock, store }) => {
        const backing = await baton.start(aBuild());
        const { claim } = await claimBy(baton, backing.workflowId, 'worker');
        await baton.failAttempt({
          workflowId: backing.workflowId,
          claimToken: claim.token,
          code: 'unavailable',
          message: 'overloaded',
          retryable: true,
          retryAfterMs: 500,
        });
        const failed = await baton.start(aBuild());
        await baton.advance({
          workflowId: failed.workflowId,
          role: 'q_assistant',
          completedState: 'discovery',
          nextState: 'error',
        });
        const complete = await baton.start(aBuild());
        await advanceTo(baton, complete.workflowId, 'complete');
        const ask = async () =>
          (
            await store.listClaimable({
              roles: ['q_assistant', 'release_manager'],
              now: clock.now(),
              limit: 10,
            })
          ).map(({ id }) => id);
        expect(await ask()).toEqual([]);
        clock.advance(500);
        expect(await ask()).toEqual([backing.workflowId]);
      }),
    );
  });
}
