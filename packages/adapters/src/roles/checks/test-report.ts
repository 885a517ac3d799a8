/** What a JUnit XML report says, counted from its test cases. */
export interface TestReport {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Names of what failed, sorted, each once. */
  readonly failures: readonly string[];
  /** Names of what passed only when it was run again, sorted, each once. They count as passed. */
  readonly flaky: readonly string[];
  /** Files that the report says the tests are in, as it has them, sorted, each once. */
  readonly files: readonly string[];
}
