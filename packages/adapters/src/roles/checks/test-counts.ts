import type { TestReport } from './test-report.ts';

export type TestVerdict = 'passed' | 'failed' | 'skipped' | 'flaky';

/** A test or suite. */
export interface Named {
  readonly name: string;
  /** The name, preceded by those of its suites and class. */
  readonly fullName: string;
}

/** Counts tests while a report is read. */
export interface TestCounts {
  /**
   * Counts a test.
   *
   * @param key equal for a test that is listed again because it ran again: when it failed first and passed in
   * the end, it is flaky. Undefined: it is listed once.
   */
  test(verdict: TestVerdict, named: Named, key: string | undefined): void;
  /** Counts tests that a suite declares and does not list. */
  unseen(verdict: 'failed' | 'skipped', suite: Named, times: number): void;
  /** Adds the file of a test. */
  file(path: string | undefined): void;
  report(): TestReport;
}

interface Runs {
  readonly named: Named;
  readonly verdicts: TestVerdict[];
}

export function createTestCounts(): TestCounts {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const failures = new Set<string>();
  const failedTests = new Set<string>();
  const files = new Set<string>();
  const flaky = new Set<string>();
  const tests = new Map<string, Runs>();

  function count(verdict: TestVerdict, { name, fullName }: Named, times: number): void {
    counts[verdict === 'flaky' ? 'passed' : verdict] += times;
    if (verdict === 'failed' && times > 0) {
      failures.add(name);
      failedTests.add(fullName);
    }
    if (verdict === 'flaky') flaky.add(name);
  }

  return {
    test(verdict, named, key) {
      if (key === undefined) return count(verdict, named, 1);
      const known = tests.get(key) ?? { named, verdicts: [] };
      tests.set(key, known);
      known.verdicts.push(verdict);
    },
    unseen: count,
    file(path) {
      const name = path?.trim() ?? '';
      if (name !== '') files.add(name);
    },
    report() {
      for (const { named, verdicts } of tests.values()) {
        for (const verdict of settled(verdicts)) count(verdict, named, 1);
      }
      tests.clear();
      const sorted = (names: ReadonlySet<string>) => [...names].sort();
      return {
        ...counts,
        failures: sorted(failures),
        failedTests: sorted(failedTests),
        flaky: sorted(flaky),
        files: sorted(files),
      };
    },
  };
}

/**
 * The verdicts that count for the runs of one test. Different tests of one name look like runs of one test:
 * without a failure among them, or with a failure at the end, each counts.
 */
function settled(verdicts: readonly TestVerdict[]): readonly TestVerdict[] {
  const isPassed = verdicts.at(-1) === 'passed' || verdicts.at(-1) === 'flaky';
  if (!isPassed || !verdicts.includes('failed')) return verdicts;
  const rest = verdicts.slice(0, -1).filter((verdict) => verdict !== 'failed');
  return [...rest, 'flaky'];
}
