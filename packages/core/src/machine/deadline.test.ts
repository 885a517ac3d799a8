import { describe, expect, it } from 'vitest';
import {
  advance,
  after,
  at,
  begin,
  build,
  claim,
  errorOf,
  fail,
  NOW,
  retry,
  rollBack,
} from './testing/commands.ts';

describe('the deadline', () => {
  const late = begin().deadline;
  it.each([
    ['an advance', advance(begin(), { now: late })],
    ['a retry request', retry(at('testing'), { now: at('testing').deadline })],
  ])('turns %s into the failure of the workflow', (_, decision) => {
    expect(errorOf(decision).code).toBe('timed_out');
    expect(after(decision)).toMatchObject({ state: 'error', failure: { code: 'timed_out' } });
  });

  it('does not touch what comes one millisecond before', () => {
    expect(advance(begin(), { now: late - 1 }).kind).toBe('accepted');
  });

  it('that ends an attempt is named with the time that it was for', () => {
    const held = after(claim(begin(), { leaseMs: 7_200_000 }));
    const cut = { now: late, code: 'deadline_exceeded', message: 'no time left', retryable: false };
    const { failure } = after(fail(held, cut));
    expect(failure).toMatchObject({ code: 'timed_out' });
    expect(failure?.message).toContain("ran out of its 3600 s (its timeout) in state 'discovery'");
    // A role that gave up a call of its own is not out of time.
    const early = after(fail(held, { ...cut, now: late - 1 }));
    expect(early.failure).toMatchObject({ code: 'deadline_exceeded', message: 'no time left' });
  });

  it('is moved by a person with a retry, which counts only if it gives no more time', () => {
    const failed = after(advance(begin(build, { maxRetries: 0 }), { now: late }));
    expect(errorOf(retry(failed)).code).toBe('budget_spent');
    expect(errorOf(retry(failed, { timeoutMs: 3_600_000 })).code).toBe('budget_spent');
    const now = late + 5;
    const again = after(retry(failed, { timeoutMs: 7_200_000, now }));
    const limits = { timeoutMs: 7_200_000 };
    expect(again).toMatchObject({ state: 'discovery', retries: 0, limits });
    expect(again.deadline).toBe(now + 7_200_000);
  });

  it('is moved with a retry of what is under way, too, from now on', () => {
    const sentBack = after(retry(at('testing'), { timeoutMs: 5000, now: NOW + 9 }));
    expect(sentBack).toMatchObject({ state: 'implementation', retries: 1, deadline: NOW + 5009 });
  });

  it('is not for roles to move', () => {
    const byRole = { by: 'test_auditor', timeoutMs: 9_000_000 };
    expect(errorOf(retry(at('testing'), byRole)).code).toBe('not_owner');
  });

  it('begins again when a rollback brings the workflow back', () => {
    const failed = after(advance(begin(), { now: late }));
    const again = after(rollBack(failed, 'discovery', { now: late + 5 }));
    expect(again.deadline).toBe(late + 5 + 3_600_000);
  });
});
