import type { TestReport } from './test-report.ts';

/** A report without the failures that were there before the build. */
export interface FreshFailures {
  readonly report: TestReport;
  /** How many were taken out. */
  readonly known: number;
  /** How they were compared, in words; absent: by name. */
  readonly caveat?: string;
}

const UNNAMED = '(unnamed)';

/**
 * Takes out of a report the failures of tests that failed at the baseline, by their full names: a
 * namesake in another suite is another test. More failures than names, such as of a test that runs with several parameters, must not have become more, either. Where
 * a report names none, counts are compared.
 */
export function freshFailures(now: TestReport, before: TestReport): FreshFailures {
  const { failed } = now;
  if (failed === 0 || before.failed === 0) return { report: now, known: 0 };
  if (!hasNames(now) || !hasNames(before)) {
    const caveat = `a report names no tests, so that counts were compared: ${failed} failed, ${before.failed} at the baseline`;
    if (failed > before.failed) return { report: now, known: 0, caveat };
    return { report: { ...now, failed: 0, failures: [], failedTests: [] }, known: failed, caveat };
  }
  const knownTests = new Set(before.failedTests);
  const failedTests = now.failedTests.filter((one) => !knownTests.has(one));
  // Of a name that failed before, how often it did is not known: the whole count must not grow.
  if (failedTests.length === 0 && failed > before.failed) return { report: now, known: 0 };
  const known = Math.min(before.failed, failed - failedTests.length);
  const failures = now.failures.filter((name) => failedTests.some((one) => isNamed(one, name)));
  return { report: { ...now, failed: failed - known, failures, failedTests }, known };
}

function isNamed(fullName: string, name: string): boolean {
  return fullName === name || fullName.endsWith(` › ${name}`);
}

function hasNames({ failures }: TestReport): boolean {
  return failures.length > 0 && !failures.includes(UNNAMED);
}
