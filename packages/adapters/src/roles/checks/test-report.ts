/** What a JUnit XML report says, counted from its test cases. */
export interface TestReport {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Names of failed tests, sorted, without duplicates. */
  readonly failures: readonly string[];
  /**
   * Full names of failed tests (suites, class, name), sorted, without duplicates: equal for one test in two
   * reports, different for tests of one name in different suites.
   */
  readonly failedTests: readonly string[];
  /**
   * Names of tests that passed only when they ran again, sorted, without duplicates. They count as passed.
   */
  readonly flaky: readonly string[];
  /** Files of the tests as the report names them, sorted, without duplicates. */
  readonly files: readonly string[];
}

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

/** Makes paths below `folder` relative: roles work in other folders than the commands that judge. */
export function withoutFolder(text: string, folder: string): string {
  return text.replaceAll(`${folder}/`, '');
}

/** Makes the paths in a report relative: tests may be named by their files. */
export function reportWithoutFolder(report: TestReport, folder: string | undefined): TestReport {
  if (folder === undefined) return report;
  const named = (names: readonly string[]) => names.map((name) => withoutFolder(name, folder));
  return {
    ...report,
    failures: named(report.failures),
    failedTests: named(report.failedTests),
    flaky: named(report.flaky),
  };
}
