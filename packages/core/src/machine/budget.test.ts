import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Budgets, NO_ALLOWANCE } from '../model/usage.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';
import {
  advance,
  after,
  at,
  cancel,
  claim,
  errorOf,
  fail,
  NOW,
  retry,
  rollBack,
  usageOf,
} from './testing/commands.ts';

const capped = (budgets: Budgets, state = 'discovery') => at(state, { budgets, maxAttempts: 1000 });

describe('a budget', () => {
  it('sets aside what an attempt asks for, at most what is left, for workflow and phase', () => {
    const snapshot = capped({ tokens: 1000, cost: 5, phases: { discovery: { tokens: 300 } } });
    expect(after(claim(snapshot)).claim?.reserved).toEqual({ tokens: 300, cost: 5 });
    const modest = after(claim(snapshot, { reserve: { tokens: 100, cost: 9 } }));
    expect(modest.claim?.reserved).toEqual({ tokens: 100, cost: 5 });
    expect(after(claim(at('discovery'))).claim?.reserved).toBeUndefined();
  });

  it('is settled with the outcome, in the same commit', () => {
    const claimed = after(claim(capped({ tokens: 1000 })));
    const next = after(advance(claimed, { claimToken: 't1', usage: usageOf(400, 0.5) }));
    expect(next.usage['discovery']).toMatchObject({ inputTokens: 399, outputTokens: 1, cost: 0.5 });
    expect(after(claim(next)).claim?.reserved).toEqual({ tokens: 600 });
  });

  it('counts what was set aside for an attempt that died without a word', () => {
    const claimed = after(claim(capped({ tokens: 1000 }), { reserve: { tokens: 400 } }));
    const again = after(claim(claimed, { token: 't2', now: NOW + 2000 }));
    expect(again.usage['discovery']).toMatchObject({ unsettledTokens: 400, durationMs: 1000 });
    expect(again.claim?.reserved).toEqual({ tokens: 600 });
  });

  it('loses nothing to an attempt that uses nothing, however it ends', () => {
    const claimed = after(claim(capped({ tokens: 1000 }), { reserve: NO_ALLOWANCE }));
    const again = after(claim(claimed, { token: 't2', now: NOW + 2000 }));
    expect(again.usage['discovery']).toMatchObject({ unsettledTokens: 0 });
    expect(again.claim?.reserved).toEqual({ tokens: 1000 });
  });

  it('stops the workflow in error with the figures; a retry with a raised cap goes on', () => {
    const claimed = after(claim(capped({ tokens: 1000 }, 'planning')));
    const spent = after(fail(claimed, { usage: usageOf(1000) }));
    const decision = claim(spent);
    expect(errorOf(decision).code).toBe('budget_spent');
    const stopped = after(decision);
    expect(stopped).toMatchObject({ state: 'error', failure: { code: 'budget_spent' } });
    expect(stopped.failure?.message).toContain('has used 1000 of its 1000 tokens');
    const raised = after(retry(stopped, { budgets: { tokens: 1500 } }));
    expect(raised).toMatchObject({ state: 'planning', limits: { budgets: { tokens: 1500 } } });
    expect(after(claim(raised)).claim?.reserved).toEqual({ tokens: 500 });
  });

  it('is raised by people only, for phases that there are, and without spending a retry', () => {
    const claimed = after(claim(at('planning', { budgets: { tokens: 10 }, maxRetries: 0 })));
    const byRole = retry(claimed, {
      by: 'q_assistant',
      claimToken: 't1',
      budgets: { tokens: 1e9 },
    });
    expect(errorOf(byRole).code).toBe('not_owner');
    const stopped = after(claim(after(fail(claimed, { usage: usageOf(10) }))));
    const unknown = retry(stopped, { budgets: { phases: { plannin: { tokens: 5 } } } });
    expect(errorOf(unknown)).toMatchObject({
      code: 'invalid_input',
      violations: [{ field: 'budgets.phases.plannin' }],
    });
    // No raise at all, or of something else: a retry like any other, and of those none is left.
    expect(errorOf(retry(stopped, { budgets: { tokens: 10 } })).code).toBe('budget_spent');
    expect(errorOf(retry(stopped, { budgets: { cost: 9 } })).code).toBe('budget_spent');
    expect(after(retry(stopped, { budgets: { tokens: 20 } }))).toMatchObject({
      state: 'planning',
      retries: 0,
    });
    expect(errorOf(retry(stopped)).code).toBe('budget_spent');
  });

  it('refuses a retry that would stop at the same cap at once, so that it costs none', () => {
    const claimed = after(claim(capped({ tokens: 1000, phases: { planning: { cost: 5 } } })));
    const planning = after(advance(claimed, { claimToken: 't1', usage: usageOf(400) }));
    const worked = after(claim(planning, { token: 't2' }));
    const used = { claimToken: 't2', usage: usageOf(600, 5), retryable: false };
    const stopped = after(fail(worked, used));
    const figures = "the workflow has used 1000 of its 1000 tokens; phase 'planning' has used 5 of";
    expect(errorOf(retry(stopped))).toMatchObject({
      code: 'budget_spent',
      message: expect.stringContaining(figures),
    });
    // Elsewhere the work would come to the same phase again.
    const targetState = 'discovery';
    for (const raise of [{ tokens: 1000 }, { tokens: 2000 }]) {
      const refused = errorOf(retry(stopped, { budgets: raise, targetState }));
      expect(refused.message).toContain('request a retry with a raised cap');
    }
    const raised = { tokens: 2000, phases: { planning: { cost: 9 } } };
    expect(after(retry(stopped, { budgets: raised })).state).toBe('planning');
  });

  it('keeps what was set aside for a dead attempt, whichever worker reports in its place', () => {
    const claimed = after(claim(capped({ tokens: 1000 })));
    const late = NOW + 5000;
    const next = after(advance(claimed, { now: late, usage: usageOf(1) }));
    expect(next.usage['discovery']).toMatchObject({ inputTokens: 0, unsettledTokens: 1000 });
  });

  it('counts the time of a holder to the end, however long its claim was renewed', () => {
    const claimed = after(claim(capped({ wallMs: 60_000 }), { leaseMs: 1000 }));
    const failed = after(fail(claimed, { now: NOW + 50_000, retryAt: NOW + 50_000 }));
    expect(failed.usage['discovery']?.durationMs).toBe(50_000);
  });

  it('on the cost is not met by requests of unknown price', () => {
    const claimed = after(claim(capped({ cost: 5 })));
    const unpriced = after(fail(claimed, { usage: { ...usageOf(10), unpricedRequests: 1 } }));
    expect(errorOf(claim(unpriced)).message).toContain('unknown price');
  });

  it('on the time that cuts an attempt stops with the figures, and goes on with a raised cap', () => {
    const limits = { budgets: { wallMs: 1500 }, maxRetries: 0 };
    const claimed = after(claim(at('planning', limits), { leaseMs: 60_000 }));
    const cut = { now: NOW + 1500, code: 'deadline_exceeded', retryable: false };
    const stopped = after(fail(claimed, cut));
    expect(stopped.failure).toMatchObject({
      code: 'budget_spent',
      message: expect.stringContaining('has used 1500 of its 1500 ms'),
    });
    const raised = after(retry(stopped, { budgets: { wallMs: 60_000 } }));
    expect(raised).toMatchObject({ state: 'planning', retries: 0 });
  });

  it('on the time ends an attempt, and counts no waiting', () => {
    const claimed = after(claim(capped({ wallMs: 5000 }), { leaseMs: 60_000 }));
    expect(claimed.claim?.endsAt).toBe(NOW + 5000);
    const failed = after(fail(claimed, { now: NOW + 3000, retryAt: NOW + 90_000 }));
    const again = after(claim(failed, { now: NOW + 100_000 }));
    expect(again.claim?.endsAt).toBe(NOW + 102_000);
  });

  it('is never overspent, whatever attempts do and however they die', () => {
    const attempt = fc.record({
      reserve: fc.option(fc.integer({ min: 1, max: 400 })),
      used: fc.double({ min: 0, max: 1, noNaN: true }),
      end: fc.constantFrom('dies', 'fails', 'is given back', 'is sent back', 'is cancelled'),
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.array(attempt), (tokens, attempts) => {
        let snapshot: WorkflowSnapshot = { ...capped({ tokens }, 'planning') };
        let spent = 0;
        let now = NOW;
        for (const [i, { reserve, used, end }] of attempts.entries()) {
          now += 2000;
          const wish = reserve === null ? undefined : { tokens: reserve };
          const decision = claim(snapshot, { token: `t${i}`, now, reserve: wish });
          snapshot = after(decision);
          if (decision.kind !== 'accepted') break;
          const allowed = snapshot.claim?.reserved?.tokens ?? 0;
          const really = Math.max(1, Math.floor(allowed * used));
          spent += really;
          const claimToken = `t${i}`;
          const usage = usageOf(really);
          if (end === 'fails')
            snapshot = after(fail(snapshot, { claimToken, usage, now, retryAt: now }));
          if (end === 'is given back') {
            snapshot = after(
              fail(snapshot, { claimToken, usage, now, retryAt: now, code: 'cancelled' }),
            );
          }
          if (end === 'is cancelled') {
            snapshot = after(rollBack(after(cancel(snapshot, { now })), 'planning', { now }));
          }
          if (end === 'is sent back' && snapshot.retries < 3) {
            const back = retry(snapshot, { claimToken, usage, now, by: 'q_assistant' });
            if (back.kind !== 'accepted') continue;
            snapshot = after(back);
            if (snapshot.state !== 'planning') snapshot = after(advance(snapshot, { now }));
          }
        }
        expect(spent).toBeLessThanOrEqual(tokens);
      }),
      { numRuns: 300 },
    );
  });
});

it('a cap that is explicitly undefined leaves the one that was there', () => {
  const started = at('planning', { budgets: { tokens: 100, phases: { planning: { cost: 1 } } } });
  const budgets = { tokens: undefined, cost: 5, phases: { planning: { cost: undefined } } };
  const { limits } = after(retry(started, { budgets }));
  expect(limits.budgets).toEqual({ tokens: 100, cost: 5, phases: { planning: { cost: 1 } } });
});
