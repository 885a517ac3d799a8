import { describe, expect, it } from 'vitest';
import { NO_USAGE } from '../model/usage.ts';
import {
  after,
  at,
  begin,
  build,
  cancel,
  changeOf,
  claim,
  errorOf,
  fail,
  NOW,
  retry,
  rollBack,
} from './testing/commands.ts';

const used = { ...NO_USAGE, requests: 3, inputTokens: 900, outputTokens: 100, cost: 0.5 };
const late = { claimToken: 't1', usage: used, code: 'stale_claim', message: 'the claim was lost' };

/** A first attempt whose claim ran out, and a second one under way. */
function overtaken(budgets?: Parameters<typeof begin>[1]) {
  const first = after(claim(begin(build, budgets)));
  return claim(first, { token: 't2', worker: 'w2', now: NOW + 1000 });
}

describe('an attempt whose claim runs out', () => {
  it('leaves an event when the next one is claimed', () => {
    const { events } = changeOf(overtaken());
    expect(events).toMatchObject([
      { type: 'attempt_lost', triggeredBy: 'w1', data: { attempt: 1, why: 'expired' } },
      { type: 'assignment_claimed', triggeredBy: 'w2', data: { attempt: 2 } },
    ]);
  });

  it('is refused when it reports, and what it used is counted all the same, once', () => {
    const second = after(overtaken());
    const decision = fail(second, { ...late, now: NOW + 1500 });
    expect(errorOf(decision).code).toBe('stale_claim');
    const counted = after(decision);
    expect(counted.usage['discovery']).toMatchObject({ requests: 3, inputTokens: 900, cost: 0.5 });
    expect(counted.claim).toEqual(second.claim);
    expect(counted.lostAttempts).toBeUndefined();
    const again = fail(counted, { ...late, now: NOW + 1600 });
    expect(again).toMatchObject({ kind: 'rejected', error: { code: 'stale_claim' } });
  });

  it('counts what it used in place of what was set aside for it', () => {
    const budgets = { tokens: 10_000 };
    const second = after(overtaken({ budgets }));
    expect(second.usage['discovery']?.unsettledTokens).toBe(10_000);
    const { usage } = after(fail(second, { ...late, now: NOW + 1500 }));
    expect(usage['discovery']).toMatchObject({ unsettledTokens: 0, inputTokens: 900 });
  });

  it('is one of ten at most that are still heard', () => {
    let snapshot = begin(build, { maxAttempts: 100 });
    for (let n = 1; n <= 12; n++) {
      snapshot = after(claim(snapshot, { token: `t${n}`, now: NOW + n * 1000 }));
    }
    expect(snapshot.lostAttempts?.map(({ token }) => token)).toEqual(
      Array.from({ length: 10 }, (_, i) => `t${i + 2}`),
    );
  });
});

describe('an attempt whose claim a person withdraws', () => {
  it.each([
    ['a retry', () => retry(after(claim(at('testing'))))],
    ['a rollback', () => rollBack(after(claim(at('testing'))), 'planning')],
    ['a cancellation', () => cancel(after(claim(at('testing'))))],
  ])('by %s leaves an event, and counts what it used in its own phase', (_, withdraw) => {
    const withdrawn = withdraw();
    expect(changeOf(withdrawn).events[0]).toMatchObject({
      type: 'attempt_lost',
      data: { state: 'testing', attempt: 1, why: 'withdrawn' },
    });
    const { usage } = after(fail(after(withdrawn), late));
    expect(usage['testing']).toMatchObject({ requests: 3 });
  });
});
