import type { TestReport } from './test-report.ts';

/** A report without the failures that existed before the build. */
export interface FreshFailures {
  readonly report: TestReport;
  /** How many failures were removed. */
  readonly known: number;
  /** How failures were compared, in words; absent: by name. */
  readonly caveat?: string;
}

const UNNAMED = '(unnamed)';

/**
 * Removes from a report the failures of tests that failed at the baseline, compared by full name: a test of
 * the same name in another suite is another test. Where there are more failures than names, as with
 * parametrized tests, their number must not have grown. Where a report names no tests, the counts are
 * compared.
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
  // How often each name failed before is unknown, so the total must not grow.
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
