import { expect, it } from 'vitest';
import { freshFailures } from './measure-tests.ts';
import type { TestReport } from './test-report.ts';

const report = (failed: number, ...failures: readonly string[]): TestReport => ({
  passed: 5,
  failed,
  skipped: 0,
  failures,
  failedTests: failures,
  flaky: [],
  files: [],
});

it.each<[string, TestReport, TestReport, number, readonly string[], number]>([
  ['the same test', report(1, 'a'), report(1, 'a'), 0, [], 1],
  ['fewer of them', report(1, 'a'), report(2, 'a', 'b'), 0, [], 1],
  ['another one', report(1, 'b'), report(1, 'a'), 1, ['b'], 0],
  ['one more', report(2, 'a', 'b'), report(1, 'a'), 1, ['b'], 1],
  ['one more of the same name', report(3, 'a'), report(2, 'a'), 3, ['a'], 0],
  ['no fewer without names', report(2, '(unnamed)'), report(2, '(unnamed)'), 0, [], 2],
  ['more without names', report(3, '(unnamed)'), report(2, 'a'), 3, ['(unnamed)'], 0],
  ['one where none failed before', report(1, 'a'), report(0), 1, ['a'], 0],
])(
  'of failures, only those that are new are left: %s',
  (_, now, before, failed, failures, known) => {
    expect(freshFailures(now, before)).toMatchObject({
      known,
      report: { passed: 5, skipped: 0, failed, failures },
    });
  },
);

it('it says when it compared counts for want of names', () => {
  const { caveat } = freshFailures(report(1, '(unnamed)'), report(2, 'a', 'b'));
  expect(caveat).toContain('counts were compared: 1 failed, 2 at the baseline');
  expect(freshFailures(report(1, 'a'), report(1, 'a')).caveat).toBeUndefined();
});
