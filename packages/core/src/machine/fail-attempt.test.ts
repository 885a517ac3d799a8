import { describe, expect, it } from 'vitest';
import { after, at, begin, changeOf, claim, fail, NOW, retry } from './testing/commands.ts';

describe.each([
  ['did not pass its gates', 'gate_not_passed'],
  ['missed its schema', 'invalid_input'],
  ['was too large', 'limit_exceeded'],
])('an attempt whose output %s', (_, code) => {
  const finding = { code, message: 'found 12 words' };

  it('leaves the reason to the next one, beside why the work had come back', () => {
    const before = after(retry(at('planning'), { reason: 'too vague', details: 'line 3' }));
    const once = after(fail(after(claim(before)), finding));
    const asked = { fromState: 'discovery', fromRole: 'q_assistant', at: NOW };
    const details = 'The work came back before: too vague\nline 3';
    expect(once.feedback).toEqual({ reason: 'found 12 words', details, ...asked });
    const twice = after(fail(after(claim(once)), { ...finding, message: 'found 50 words' }));
    expect(twice.feedback).toEqual({ reason: 'found 50 words', details, ...asked });
  });

  it('is one of the attempts: after the last one the workflow fails with what was found', () => {
    let snapshot = begin(undefined, { maxAttempts: 2 });
    snapshot = after(fail(after(claim(snapshot)), finding));
    expect(snapshot).toMatchObject({ state: 'discovery', attempt: 1 });
    snapshot = after(fail(after(claim(snapshot)), finding));
    expect(snapshot).toMatchObject({ state: 'error', failure: finding });
  });

  it('is not mistaken for one that failed otherwise', () => {
    expect(after(fail(after(claim(begin())))).feedback).toBeUndefined();
  });
});

describe('an attempt that says that it was cancelled', () => {
  it('does not cancel the workflow, which fails where no other attempt can follow', () => {
    for (const patch of [{ retryable: false }, { retryAt: NOW + 9_000_000 }]) {
      const failed = fail(after(claim(begin())), { code: 'cancelled', ...patch });
      expect(after(failed).failure).toMatchObject({ code: 'attempt_cancelled', by: undefined });
      expect(changeOf(failed).events.map(({ type }) => type)).toEqual([
        'attempt_failed',
        'workflow_failed',
      ]);
    }
  });
});

describe('an attempt that another one could follow only after the deadline', () => {
  const failing = (patch: Parameters<typeof fail>[1]) =>
    after(fail(after(claim(begin())), { message: 'rate limited', ...patch })).failure?.message;

  it('fails the workflow with the wait that was asked for and the time that is left', () => {
    expect(failing({ retryAt: NOW + 9_000_000 })).toBe(
      'rate limited; no other attempt: it would have to wait 9000 s, and the workflow has 3600 s left until its deadline',
    );
  });

  it('says nothing of waiting where that is not why', () => {
    expect(failing({ retryAt: NOW + 9_000_000, retryable: false })).toBe('rate limited');
  });
});
