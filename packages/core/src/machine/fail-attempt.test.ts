import { describe, expect, it } from 'vitest';
import { after, at, begin, claim, fail, NOW, retry } from './testing/commands.ts';

describe('an attempt whose output did not pass its gates', () => {
  const finding = { code: 'gate_not_passed', message: 'found 12 words' };

  it('leaves what they found to the next one, beside why the work had come back', () => {
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
