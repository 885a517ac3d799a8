import { expect, it } from 'vitest';
import { createMemoryStore } from '../memory/memory-store.ts';
import { NO_USAGE } from '../model/usage.ts';
import { aBuild } from '../testing/store-contract/harness.ts';
import { createOrchestrator } from './orchestrator.ts';
import { discovery, setUp } from './testing/set-up.ts';

const LEASE = 10_000;
const claim = { worker: 'w', roles: ['q_assistant'], leaseMs: LEASE };

it('the time of an attempt that was renewed and died is counted, wherever it was renewed', async () => {
  const store = await createMemoryStore();
  const { baton, clock } = await setUp({ store });
  const elsewhere = createOrchestrator({ store, clock });
  const { workflowId } = await baton.start(aBuild({ budgets: { wallMs: 60_000 } }));
  const { claim: held } = await baton.claim({ workflowId, ...claim });
  await elsewhere.status({ workflowId });
  for (let i = 0; i < 5; i++) {
    clock.advance(LEASE - 1000);
    await elsewhere.renewClaim({ workflowId, token: held.token, leaseMs: LEASE });
  }
  clock.advance(LEASE);
  const { assignment } = await baton.claim({ workflowId, ...claim });
  const worked = 5 * (LEASE - 1000) + LEASE;
  expect((await baton.status({ workflowId })).usage['discovery']?.durationMs).toBe(worked);
  expect(assignment.deadline).toBe(clock.now() + 60_000 - worked);
});

it('a holder whose claim was renewed here reports under it', async () => {
  const { baton, clock } = await setUp();
  const { workflowId } = await baton.start(aBuild());
  const { claim: held } = await baton.claim({ workflowId, ...claim });
  clock.advance(LEASE - 1);
  await baton.renewClaim({ workflowId, token: held.token, leaseMs: LEASE });
  clock.advance(LEASE - 1);
  await baton.advance({ workflowId, ...discovery, claimToken: held.token });
  expect((await baton.status({ workflowId })).usage['discovery']?.durationMs).toBe(2 * LEASE - 2);
});

it('a late report of another attempt leaves a claim for as long as it was renewed, wherever', async () => {
  const store = await createMemoryStore();
  const { baton, clock } = await setUp({ store });
  const elsewhere = createOrchestrator({ store, clock });
  const { workflowId } = await baton.start(aBuild());
  const { claim: lost } = await baton.claim({ workflowId, ...claim });
  clock.advance(LEASE);
  const { claim: held } = await baton.claim({ workflowId, ...claim, worker: 'w2' });
  await elsewhere.renewClaim({ workflowId, token: held.token, leaseMs: 10 * LEASE });
  const late = baton.failAttempt({
    ...{ workflowId, claimToken: lost.token, code: 'stale_claim', message: 'lost' },
    ...{ retryable: true, usage: { ...NO_USAGE, requests: 2 } },
  });
  await expect(late).rejects.toMatchObject({ code: 'stale_claim' });
  const { claim: now, usage } = await elsewhere.status({ workflowId });
  expect(usage['discovery']).toMatchObject({ requests: 2 });
  expect(now).toMatchObject({ worker: 'w2', expiresAt: clock.now() + 10 * LEASE });
});
