/** What a JUnit XML report says, counted from its test cases. */
export interface TestReport {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Names of what failed, sorted, each once. */
  readonly failures: readonly string[];
  /**
   * What failed, by the suites and the class that it is in and its name, sorted, each once: equal for
   * one test in two reports, and different for namesakes elsewhere.
   */
  readonly failedTests: readonly string[];
  /** Names of what passed only when it was run again, sorted, each once. They count as passed. */
  readonly flaky: readonly string[];
  /** Files that the report says the tests are in, as it has them, sorted, each once. */
  readonly files: readonly string[];
}
