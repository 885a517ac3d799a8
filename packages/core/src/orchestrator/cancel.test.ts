import { describe, expect, it } from 'vitest';
import { statsDelta } from '../model/stats.ts';
import { completeSnapshot, type StoredSnapshot } from '../model/stored-snapshot.ts';
import { aBuild, advanceTo, snapshotOf } from '../testing/store-contract/harness.ts';
import { discovery, setUp } from './testing/set-up.ts';

const stop = { reason: 'not wanted any more', by: 'grace' };
const worker = { worker: 'w1', roles: ['q_assistant'], leaseMs: 60_000 };

async function begun() {
  const bench = await setUp();
  const { workflowId } = await bench.baton.start(aBuild());
  return { ...bench, workflowId };
}

describe('cancel', () => {
  it('tells who cancelled, where and when, and status tells why', async () => {
    const { baton, clock, workflowId } = await begun();
    await advanceTo(baton, workflowId, 'testing');
    clock.advance(1000);
    const { revision } = await baton.status({ workflowId });
    expect(await baton.cancel({ workflowId, ...stop, expectedRevision: revision })).toEqual({
      ...{ workflowId, previousState: 'testing', state: 'error', role: undefined },
      ...{ revision: revision + 1, epoch: 1, cancelledBy: 'grace', at: clock.now() },
    });
    const status = await baton.status({ workflowId });
    expect(status).toMatchObject({
      ...{ state: 'error', progressPercent: 50, claim: undefined, awaiting: undefined },
      failure: { state: 'testing', code: 'cancelled', message: stop.reason, by: 'grace' },
    });
    expect(status.expectedNext.description).toMatch(/request a retry, or roll back to one of/);
  });

  it('is by the user of the workflow where the request names no one', async () => {
    const { baton, workflowId } = await begun();
    const { userId } = await baton.status({ workflowId });
    const { cancelledBy } = await baton.cancel({ workflowId, reason: 'r' });
    expect(cancelledBy).toBe(userId);
  });

  it('withdraws the work under way: its worker is told, and what it reports is refused', async () => {
    const { baton, workflowId } = await begun();
    const leaving = new AbortController();
    const told: { readonly kind: string }[] = [];
    let claimToken = '';
    const taking = (async () => {
      for await (const one of baton.takeWork({ offers: [worker] }, leaving.signal)) {
        told.push(one);
        if (one.kind === 'assignment') claimToken = one.claim.token;
      }
    })();
    await expect.poll(() => claimToken).not.toBe('');
    await baton.cancel({ workflowId, ...stop });
    await expect.poll(() => told[1]).toEqual({ kind: 'withdrawn', workflowId, claimToken });
    expect(await baton.renewClaim({ workflowId, token: claimToken, leaseMs: 9000 })).toBe(false);
    const late = baton.advance({ workflowId, ...discovery, claimToken });
    await expect(late).rejects.toMatchObject({ code: 'stale_claim' });
    expect(await baton.listClaimable({ roles: worker.roles })).toEqual([]);
    // Its worker gets the next one.
    await baton.start(aBuild());
    await expect.poll(() => told[2]?.kind).toBe('assignment');
    leaving.abort();
    await taking;
  });

  it('gives one request id one reply, also after the workflow was taken up again', async () => {
    const { baton, workflowId } = await begun();
    const request = { workflowId, ...stop, requestId: 'once' };
    const first = await baton.cancel(request);
    expect(await baton.cancel(request)).toEqual(first);
    await baton.requestRetry({ workflowId, reason: 'wanted after all' });
    expect(await baton.cancel(request)).toEqual(first);
    expect(await baton.status({ workflowId })).toMatchObject({ state: 'discovery', epoch: 2 });
    const other = baton.cancel({ ...request, reason: 'another' });
    await expect(other).rejects.toMatchObject({ code: 'request_id_reused' });
  });

  it('is refused with what is wrong, and what is legal', async () => {
    const { baton, workflowId } = await begun();
    const cancel = (patch: object) => baton.cancel({ workflowId, ...stop, ...patch });
    await expect(cancel({ workflowId: 'none' })).rejects.toMatchObject({ code: 'not_found' });
    await expect(cancel({ reason: '' })).rejects.toMatchObject({
      ...{ code: 'invalid_input', violations: [{ field: 'reason' }] },
    });
    await expect(cancel({ by: 'code_writer' })).rejects.toMatchObject({ code: 'not_owner' });
    await expect(cancel({ expectedRevision: 7 })).rejects.toMatchObject({ code: 'stale_revision' });
    await cancel({});
    await expect(cancel({})).rejects.toMatchObject({
      ...{ code: 'wrong_state', legal: ['request retry', 'rollback'] },
    });
    const { workflowId: done } = await baton.start(aBuild());
    await advanceTo(baton, done, 'complete');
    await expect(cancel({ workflowId: done })).rejects.toMatchObject({ code: 'wrong_state' });
  });
});

describe('a cancelled workflow in the numbers of its project', () => {
  it('is neither failed nor in progress, and lowers no success rate', async () => {
    const { baton, workflowId } = await begun();
    const projectId = 'shop';
    await baton.cancel({ workflowId, ...stop });
    expect(await baton.projectStats({ projectId })).toMatchObject({
      ...{ total: 1, completed: 0, inProgress: 0, failed: 0, cancelled: 1 },
      ...{ successRate: undefined, mostCommonFailurePoint: undefined },
    });
    const { workflowId: done } = await baton.start(aBuild());
    await advanceTo(baton, done, 'complete');
    expect(await baton.projectStats({ projectId })).toMatchObject({ successRate: 1 });
    await baton.rollback({ workflowId, targetState: 'discovery', reason: 'wanted after all' });
    expect(await baton.projectStats({ projectId })).toMatchObject({
      ...{ total: 2, completed: 1, inProgress: 1, cancelled: 0 },
    });
  });

  it('leaves the numbers right of one that failed with that code before there was a cancellation', async () => {
    const { baton, store, workflowId } = await begun();
    const started = await snapshotOf(store, workflowId);
    const at = { state: 'discovery', phase: 'discovery' } as const;
    const failure = { ...at, code: 'cancelled', message: 'm', at: 1 };
    const stored = { ...started, state: 'error', failure } as StoredSnapshot;
    const failed = completeSnapshot(stored);
    expect(statsDelta(started, failed)).toMatchObject({ failed: 1, cancelled: 0 });
    expect(statsDelta(failed, started)).toMatchObject({ failed: -1, cancelled: 0 });
    await baton.cancel({ workflowId, ...stop });
    const cancelled = await snapshotOf(store, workflowId);
    expect(statsDelta(started, cancelled)).toMatchObject({ failed: 0, cancelled: 1 });
  });
});
