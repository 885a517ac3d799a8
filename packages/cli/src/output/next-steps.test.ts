import { NO_TOKEN, summarize } from '@baton/builds/internal';
import { createMemoryStore, createOrchestrator } from '@baton/core';
import { createFakeClock, type FakeClock } from '@baton/core/testing';
import { expect, test } from 'vitest';
import { locationFlags, nextSteps } from './next-steps.ts';

const where = locationFlags({ cwd: '/shop', invocation: 'baton' }, '/shop');

/** The commands that are shown for a build that `fail` has brought to `error`. */
async function shownAfter(
  options: {
    readonly maxRetries?: number;
    readonly tokens?: number;
    readonly timeoutMs?: number;
  },
  fail: (
    baton: ReturnType<typeof createOrchestrator>,
    workflowId: string,
    clock: FakeClock,
  ) => Promise<unknown>,
) {
  const clock = createFakeClock();
  const baton = createOrchestrator({ store: await createMemoryStore(), clock });
  const { maxRetries = 3, tokens, timeoutMs } = options;
  const { workflowId } = await baton.start({
    projectId: 'p',
    buildId: 'b',
    userId: 'ada',
    requirements: {},
    maxRetries,
    ...(tokens !== undefined && { budgets: { tokens } }),
    ...(timeoutMs !== undefined && { timeoutMs }),
  });
  await baton.advance({
    workflowId,
    role: 'q_assistant',
    completedState: 'discovery',
    result: { summary: 's', requirements: ['r'] },
  });
  await fail(baton, workflowId, clock);
  const summary = await summarize(baton, workflowId);
  if (summary.failure === undefined) throw new Error('it has not failed');
  const shown = nextSteps(summary, summary.failure, where, NO_TOKEN).join('\n');
  return { baton, workflowId, shown };
}

const giveUp = (baton: ReturnType<typeof createOrchestrator>, workflowId: string) =>
  baton.advance({
    workflowId,
    role: 'q_assistant',
    completedState: 'planning',
    nextState: 'error',
  });

test('a failed build can be sent back or rolled back', async () => {
  const { shown } = await shownAfter({}, giveUp);
  expect(shown).toMatch(/request-retry.*rollback.*resume/s);
  expect(shown).not.toContain('--budget');
});

test('with its retries spent only a rollback is shown, for a retry would be refused', async () => {
  const { shown, baton, workflowId } = await shownAfter({ maxRetries: 0 }, (baton, workflowId) =>
    baton.requestRetry({ workflowId, reason: 'again' }),
  );
  await expect(baton.requestRetry({ workflowId, reason: 'x' })).rejects.toMatchObject({
    code: 'budget_spent',
  });
  expect(shown).not.toContain('request-retry');
  expect(shown).toContain(`rollback ${workflowId} --to planning`);
  expect(shown).toContain('or to where another phase began: discovery\n');
});

test('work that was sent back too often begins anew, at no more cost than that', async () => {
  const { shown, baton, workflowId } = await shownAfter({ maxRetries: 0 }, async (baton, id) => {
    const done = {
      planning: { steps: ['s'], testingStrategy: 't', risks: [] },
      handoff_to_coder: undefined,
      implementation: { summary: 's', changedFiles: [] },
      handoff_to_tester: undefined,
    };
    for (const [completedState, result] of Object.entries(done)) {
      const { role = '' } = await baton.status({ workflowId: id });
      await baton.advance({ workflowId: id, role, completedState, ...(result && { result }) });
    }
    await baton.requestRetry({ workflowId: id, reason: 'red', by: 'test_auditor' });
  });
  expect(shown).toContain(`rollback ${workflowId} --to implementation`);
  const others = /another phase began: (.*)/.exec(shown)?.[1]?.split(', ') ?? [];
  expect(others).toEqual(['discovery', 'planning', 'testing']);
  // The last first: each of them takes those after it away.
  for (const targetState of others.toReversed()) {
    const { state } = await baton.rollback({ workflowId, targetState, reason: 'anew' });
    expect(state).toBe(targetState);
  }
});

test('over a cap a retry with a raised cap is shown, for a rollback would stop there again', async () => {
  const { shown } = await shownAfter({ tokens: 10 }, async (baton, workflowId) => {
    const claim = { workflowId, worker: 'w', roles: ['q_assistant'], leaseMs: 30_000 };
    const { claim: first } = await baton.claim(claim);
    const gone = { workflowId, claimToken: first.token, code: 'x', message: 'x', retryable: true };
    await baton.failAttempt(gone);
    await baton.claim(claim).catch(() => undefined);
  });
  expect(shown).toContain("--budget '<name>=<amount>'");
  expect(shown).not.toContain('rollback');
});

test('over its time a retry with more time is shown, though no retries are left', async () => {
  const options = { maxRetries: 0, timeoutMs: 60_000 };
  const { shown, baton, workflowId } = await shownAfter(options, async (baton, _, clock) => {
    clock.advance(61_000);
    await baton.expireOverdue();
  });
  expect(shown).toContain('--timeout 3600');
  await expect(
    baton.requestRetry({ workflowId, reason: 'slow', timeoutMs: 600_000 }),
  ).resolves.toMatchObject({ state: 'planning', retries: 0 });
});
