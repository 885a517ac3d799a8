import { describe, expect, it } from 'vitest';
import { aBuild, advanceTo } from '../testing/store-contract/harness.ts';
import { discovery, setUp } from './testing/set-up.ts';

describe('limits', () => {
  it('WORKFLOW_TIMEOUT fails a workflow that took too long, whichever process notices first', async () => {
    const { baton, clock } = await setUp({ timeoutMs: 60_000 });
    const { workflowId } = await baton.start(aBuild());
    clock.advance(60_000);
    const claim = { workflowId, worker: 'w', roles: ['q_assistant'], leaseMs: 1000 };
    await expect(baton.claim(claim)).rejects.toMatchObject({ code: 'timed_out' });
    expect(await baton.status({ workflowId })).toMatchObject({
      state: 'error',
      failure: { code: 'timed_out', phase: 'discovery' },
    });
    await baton.rollback({ workflowId, targetState: 'discovery', reason: 'more time' });
    await expect(baton.advance({ workflowId, ...discovery })).resolves.toMatchObject({
      state: 'planning',
    });
  });

  it('WORKFLOW_MAX_RETRIES bounds the retry requests of a workflow', async () => {
    const { baton } = await setUp({ maxRetries: 1 });
    const { workflowId } = await baton.start(aBuild());
    await advanceTo(baton, workflowId, 'testing');
    await expect(baton.requestRetry({ workflowId, reason: 'one' })).resolves.toMatchObject({
      state: 'implementation',
      retries: 1,
      maxRetries: 1,
    });
    await advanceTo(baton, workflowId, 'testing');
    await expect(baton.requestRetry({ workflowId, reason: 'two' })).resolves.toMatchObject({
      state: 'error',
    });
  });

  it('of a start override the defaults, and stay with the workflow', async () => {
    const { baton, store } = await setUp();
    const { workflowId } = await baton.start(aBuild({ timeoutMs: 5_000, maxRetries: 0 }));
    expect((await store.load(workflowId))?.snapshot.limits).toEqual({
      timeoutMs: 5000,
      maxRetries: 0,
      maxAttempts: 5,
      budgets: undefined,
      checkpoint: undefined,
    });
  });
});
