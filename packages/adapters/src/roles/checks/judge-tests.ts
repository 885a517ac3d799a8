import type { Resolved } from '@baton/core/internal';
import type { CoverageRule } from './coverage-rule.ts';
import { nameUncovered } from './covered-files.ts';
import type { MeasuredCoverage } from './measure-coverage.ts';
import type { Reading } from './read-report.ts';
import type { CheckRun } from './run-check.ts';
import type { TestReport } from './test-report.ts';

export interface TestMeasurement {
  readonly run: CheckRun;
  readonly tests: Reading<TestReport>;
  readonly coverage: Reading<MeasuredCoverage>;
  readonly rule: Resolved<CoverageRule>;
}

export type TestVerdict =
  | { readonly kind: 'green'; readonly tests: TestReport; readonly coverage: MeasuredCoverage }
  | { readonly kind: 'red'; readonly reason: string };

const NAMED_TESTS = 20;

/**
 * Judges a test run. It passes only with unchanged files, a report with passed and without failed tests, exit
 * code 0 and enough coverage. A missing measurement never counts as passed. Reasons contain no times or
 * folders, so equal failures give equal feedback.
 */
export function judgeTests(measurement: TestMeasurement): TestVerdict {
  const { run, tests, coverage, rule } = measurement;
  if (run.changedFiles || run.timedOut) return red(run.failure ?? 'the run was refused');
  if (tests.kind === 'none') {
    return red(`${ending(run)} and left no test report: ${tests.problem}`);
  }
  const { passed, failed, failures, flaky } = tests.report;
  if (failed > 0) return red(`${failed} of ${passed + failed} tests failed: ${names(failures)}`);
  if (run.exitCode !== 0) return red(`${ending(run)} although ${noneFailed(flaky)}`);
  if (passed === 0) return red('no test passed: the report has none that ran');
  if (coverage.kind === 'none') {
    return red(`${ending(run)} and left no coverage report: ${coverage.problem}`);
  }
  const shortfall = shortfallOf(coverage.report, rule);
  if (shortfall !== undefined) return red(shortfall);
  return { kind: 'green', tests: tests.report, coverage: coverage.report };
}

/** Names the first tests of a list and counts the rest. */
export function names(tests: readonly string[]): string {
  const more = tests.length - NAMED_TESTS;
  const named = tests.slice(0, NAMED_TESTS).join('; ');
  return more > 0 ? `${named}; and ${more} more` : named;
}

function shortfallOf(
  coverage: MeasuredCoverage,
  { minimum, setting }: Resolved<CoverageRule>,
): string | undefined {
  const { all, changed, uncovered } = coverage;
  const percent = changed?.coveragePercent ?? all.percent;
  if (percent >= minimum) return undefined;
  const what = changed === undefined ? 'line coverage' : 'line coverage of changed lines';
  const found = `${what} is ${percent} %, expected at least ${minimum} % (${setting})`;
  const unreported =
    changed === undefined || changed.unreported.length === 0
      ? ''
      : `; the coverage report does not have ${names(changed.unreported)}, which counts as covered by no test (what holds nothing to run goes into coverage.exclude)`;
  return `${found}; not covered: ${nameUncovered(uncovered)}${unreported}`;
}

function red(reason: string): TestVerdict {
  return { kind: 'red', reason };
}

function ending({ name, failure }: CheckRun): string {
  return failure ?? `'${name}' passed`;
}

function noneFailed(flaky: readonly string[]): string {
  if (flaky.length === 0) return 'its report has no failing test';
  return `its report has no failing test but those that passed when run again: ${names(flaky)}`;
}
