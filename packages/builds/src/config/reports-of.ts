import type { TestCommand } from '@baton/adapters/checks';
import type { TestEntry } from './command-schema.ts';
import { coverageOf } from './coverage-of.ts';

/** Where the test command writes its reports. */
export function reportsOf(entry: TestEntry): NonNullable<TestCommand['reports']> {
  const { junit, lcov, coverageFormat } = entry;
  const { report: coverage, format = coverageFormat } = coverageOf(entry);
  return {
    junit,
    lcov,
    coverage,
    coverageFormat: format,
  };
}
