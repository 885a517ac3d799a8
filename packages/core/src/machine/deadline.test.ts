import { describe, expect, it } from 'vitest';
import { advance, after, at, begin, errorOf, retry, rollBack } from './testing/commands.ts';

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

  it('begins again when somebody brings the workflow back', () => {
    const failed = after(advance(begin(), { now: late }));
    const again = after(rollBack(failed, 'discovery', { now: late + 5 }));
    expect(again.deadline).toBe(late + 5 + 3_600_000);
  });
});
