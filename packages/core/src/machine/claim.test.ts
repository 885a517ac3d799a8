import { describe, expect, it } from 'vitest';
import {
  after,
  at,
  begin,
  claim,
  errorOf,
  fail,
  NOW,
  retry,
  rollBack,
} from './testing/commands.ts';

describe('a claim', () => {
  it('taken twice with one token is one claim', () => {
    const taken = after(claim(begin()));
    expect(claim(taken).kind).toBe('unchanged');
    expect(taken).toMatchObject({ attempt: 1, claim: { token: 't1', expiresAt: NOW + 1000 } });
  });

  it('can be overtaken when it has expired, and not before', () => {
    const taken = after(claim(begin()));
    expect(errorOf(claim(taken, { token: 't2', now: NOW + 999 })).code).toBe('stale_claim');
    expect(after(claim(taken, { token: 't2', now: NOW + 1000 }))).toMatchObject({
      attempt: 2,
      claim: { token: 't2' },
    });
  });

  it('is withdrawn by a retry and by a rollback', () => {
    const taken = after(claim(at('testing')));
    expect(after(retry(taken)).claim).toBeUndefined();
    expect(after(rollBack(taken, 'testing')).claim).toBeUndefined();
  });

  it('ends in error after as many attempts as there may be', () => {
    let snapshot = begin();
    for (let i = 1; i <= 5; i++) {
      snapshot = after(fail(after(claim(snapshot))));
      expect(snapshot.state).toBe(i < 5 ? 'discovery' : 'error');
    }
    expect(snapshot.failure).toMatchObject({ code: 'unavailable', phase: 'discovery' });
  });

  it('ends in error when workers die without a word as often as there may be attempts', () => {
    let snapshot = begin();
    for (let i = 0; i < 5; i++)
      snapshot = after(claim(snapshot, { token: `t${i}`, now: NOW + i * 1000 }));
    const decision = claim(snapshot, { token: 't9', now: NOW + 9000 });
    expect(after(decision)).toMatchObject({
      state: 'error',
      failure: { code: 'attempts_exhausted' },
    });
  });

  it('that is given back does not count as an attempt', () => {
    const back = after(fail(after(claim(begin())), { code: 'cancelled' }));
    expect(back).toMatchObject({ state: 'discovery', attempt: 0, claim: undefined });
  });

  it('whose failure no retry can help fails the workflow at once', () => {
    const failed = after(fail(after(claim(begin())), { code: 'role_failed', retryable: false }));
    expect(failed).toMatchObject({ state: 'error', failure: { code: 'role_failed' } });
  });
});
