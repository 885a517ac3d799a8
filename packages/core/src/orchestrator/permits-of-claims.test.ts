import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../memory/memory-store.ts';
import type { WorkflowStore } from '../ports/workflow-store.ts';
import { aBuild, advanceTo } from '../testing/store-contract/harness.ts';
import { createOrchestrator } from './orchestrator.ts';
import { discovery } from './testing/set-up.ts';

const LEASE = 30_000;
const offer = { worker: 'w', roles: ['q_assistant'], leaseMs: LEASE };
const projectId = 'shop';
const permits = [{ name: `project:${projectId}`, max: 1 }];
const turn = () => new Promise((resolve) => setTimeout(resolve, 20));

/** Two orchestrators with a limit of one, over a store of which `change` makes another. */
async function setUp(change: (store: WorkflowStore) => Partial<WorkflowStore> = () => ({})) {
  const whole = await createMemoryStore();
  const store = { ...whole, ...change(whole) };
  const concurrency = { perProject: 1, roles: { code_writer: 1 } };
  const [one, other] = [1, 2].map(() => createOrchestrator({ store, concurrency }));
  /** Whether the one permit is free, when all that was given back is back. */
  async function isFree(): Promise<boolean> {
    await turn();
    const request = { permits, holder: 'probe', now: Date.now(), expiresAt: Date.now() + 1 };
    const full = await whole.takePermits(request);
    await whole.returnPermits('probe', [`project:${projectId}`]);
    return full.length === 0;
  }
  return {
    store,
    one: one as NonNullable<typeof one>,
    other: other as NonNullable<typeof other>,
    isFree,
  };
}

describe('the permit of a claim', () => {
  it('stays when the request that began with it is repeated', async () => {
    const { one, other, isFree } = await setUp();
    const request = aBuild({ projectId, requestId: 'r', takeNext: [{ ...offer, token: 'mine' }] });
    const { next } = await one.start(request);
    expect(next?.claim.token).toBe('mine');
    for (const baton of [one, other]) {
      expect((await baton.start(request)).next?.claim.token).toBe('mine');
      expect(await isFree()).toBe(false);
    }
  });

  it('stays when the same claim is made twice at once', async () => {
    const { one, other, isFree } = await setUp();
    const { workflowId } = await one.start(aBuild({ projectId }));
    const claims = [one, other].map((baton) =>
      baton.claim({ ...offer, workflowId, token: 'mine' }),
    );
    for (const { claim } of await Promise.all(claims)) expect(claim.token).toBe('mine');
    expect(await isFree()).toBe(false);
  });

  it('stays when a report that goes on is made twice at once', async () => {
    const { one, other, isFree } = await setUp();
    const { workflowId, next } = await one.start(aBuild({ projectId, takeNext: [offer] }));
    const report = {
      ...{ ...discovery, workflowId, claimToken: next?.claim.token, requestId: 'r' },
      takeNext: [{ ...offer, token: 'mine' }],
    };
    const replies = await Promise.all([one, other].map((baton) => baton.advance(report)));
    for (const reply of replies) expect(reply.next?.claim.token).toBe('mine');
    expect(await isFree()).toBe(false);
  });

  it('stays though what a lost race gave back comes late', async () => {
    let late: () => Promise<void> = async () => undefined;
    const { one, other, isFree } = await setUp((store) => ({
      returnPermits: (holder, names) =>
        new Promise((resolve) => {
          late = () => store.returnPermits(holder, names).then(resolve);
        }),
    }));
    const { workflowId } = await one.start(aBuild({ projectId }));
    // The other one knows nothing of this: its first try meets a conflict.
    await other.status({ workflowId });
    await one.rollback({ workflowId, targetState: 'discovery', reason: 'again' });
    await other.claim({ ...offer, workflowId });
    await late();
    expect(await isFree()).toBe(false);
  });

  it('comes back when a request that lost a race is refused the next time', async () => {
    const { one, other, isFree } = await setUp();
    const { workflowId } = await one.start(aBuild({ projectId }));
    // The other one goes by what it knows, meets a conflict, and finds the role at its limit.
    const writer = { ...offer, roles: ['code_writer'] };
    const { workflowId: busy } = await one.start(aBuild({ projectId: 'other' }));
    for (const id of [workflowId, busy]) await advanceTo(one, id, 'planning');
    await other.status({ workflowId });
    await advanceTo(one, workflowId, 'handoff_to_coder');
    await advanceTo(one, busy, 'implementation');
    await one.claim({ ...writer, workflowId: busy });
    const held = { ...offer, roles: ['q_assistant', 'code_writer'] };
    await expect(other.pollWork({ offers: [held], workflowId, waitMs: 20 })).resolves.toEqual([]);
    expect(await isFree()).toBe(true);
  });

  it('stays with a claim that is renewed while its holder goes on', async () => {
    let onCommit: () => Promise<void> = async () => undefined;
    const { one, other, isFree } = await setUp((store) => ({
      async commit(batch) {
        await onCommit();
        return store.commit(batch);
      },
    }));
    const { workflowId, next } = await one.start(aBuild({ projectId, takeNext: [offer] }));
    const token = next?.claim.token as string;
    const held: boolean[] = [];
    onCommit = async () => {
      held.push(await other.renewClaim({ workflowId, token, leaseMs: LEASE }));
    };
    const report = { ...discovery, workflowId, claimToken: token, takeNext: [offer] };
    const reply = await one.advance(report);
    expect(held).toEqual([true]);
    expect(reply.next).toBeDefined();
    expect(await isFree()).toBe(false);
  });

  it('is not taken anew for a claim that is gone', async () => {
    const { one, other, isFree } = await setUp();
    const { workflowId, next } = await one.start(aBuild({ projectId, takeNext: [offer] }));
    await other.rollback({ workflowId, targetState: 'discovery', reason: 'x' });
    expect(await isFree()).toBe(true);
    const renewal = { workflowId, token: next?.claim.token as string, leaseMs: LEASE };
    expect(await one.renewClaim(renewal)).toBe(false);
    expect(await isFree()).toBe(true);
  });
});
