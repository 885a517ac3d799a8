/** Patterns of test files by their usual names, in the syntax of `.gitignore`. */
export const TEST_FILES: readonly string[] = [
  ...['test/', 'tests/', '__tests__/', '__snapshots__/', 'spec/', 'e2e/', 'testdata/'],
  ...['*.test.*', '*.spec.*', '*_test.*', '*_spec.*', 'test_*.py', 'conftest.py', '*Test.*'],
  '*Tests.*',
];
