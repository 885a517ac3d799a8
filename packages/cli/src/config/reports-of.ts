import type { TestCommand } from '@baton/adapters/checks';
import type { TestEntry } from './command-schema.ts';

/** Where the test command writes its reports. */
export function reportsOf(entry: TestEntry): NonNullable<TestCommand['reports']> {
  const { junit, lcov, coverage, coverageFormat } = entry;
  return {
    ...(junit !== undefined && { junit }),
    ...(lcov !== undefined && { lcov }),
    ...(coverage !== undefined && { coverage }),
    ...(coverageFormat !== undefined && { coverageFormat }),
  };
}
