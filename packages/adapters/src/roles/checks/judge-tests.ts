import type { CoverageReport } from './coverage-report.ts';
import type { TestReport } from './junit-report.ts';
import type { Reading } from './read-report.ts';
import type { CheckRun } from './run-check.ts';

export interface TestMeasurement {
  readonly run: CheckRun;
  readonly tests: Reading<TestReport>;
  readonly coverage: Reading<CoverageReport>;
  /** Percent of lines. */
  readonly coverageThreshold: number;
}

export type TestVerdict =
  | { readonly kind: 'green'; readonly tests: TestReport; readonly coverage: CoverageReport }
  | { readonly kind: 'red'; readonly reason: string };

const NAMED_FAILURES = 20;

/**
 * Green only when everything speaks for it: files unchanged, a report with passed and without
 * failed tests, exit code 0, and enough coverage. What is missing never counts as passed. Reasons
 * hold no times and no paths, so that equal failures give equal feedback.
 */
export function judgeTests(measurement: TestMeasurement): TestVerdict {
  const { run, tests, coverage, coverageThreshold } = measurement;
  if (run.changedFiles || run.timedOut) return red(run.failure ?? 'the run was refused');
  if (tests.kind === 'none') {
    return red(`${ending(run)} and left no test report: ${tests.problem}`);
  }
  const { passed, failed, failures } = tests.report;
  if (failed > 0) return red(`${failed} of ${passed + failed} tests failed: ${names(failures)}`);
  if (run.exitCode !== 0) return red(`${ending(run)} although its report has no failing test`);
  if (passed === 0) return red('no test passed: the report has none that ran');
  if (coverage.kind === 'none') {
    return red(`${ending(run)} and left no coverage report: ${coverage.problem}`);
  }
  const { percent } = coverage.report;
  if (percent < coverageThreshold) {
    return red(`line coverage is ${percent} %, expected at least ${coverageThreshold} %`);
  }
  return { kind: 'green', tests: tests.report, coverage: coverage.report };
}

function red(reason: string): TestVerdict {
  return { kind: 'red', reason };
}

function ending({ name, failure }: CheckRun): string {
  return failure ?? `'${name}' passed`;
}

function names(failures: readonly string[]): string {
  const more = failures.length - NAMED_FAILURES;
  const named = failures.slice(0, NAMED_FAILURES).join('; ');
  return more > 0 ? `${named}; and ${more} more` : named;
}
