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
