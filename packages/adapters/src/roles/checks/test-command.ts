import { BatonError } from '@baton/core';
import type { CheckCommand } from './check-command.ts';
import { type CoverageFormat, coverageParser } from './coverage-format.ts';

/** The command that runs all tests with coverage and writes both reports. */
export interface TestCommand extends CheckCommand {
  readonly reports?: {
    /** JUnit XML, below `{reports}/`. Default `{reports}/junit.xml`. */
    readonly junit?: string | undefined;
    /** An lcov tracefile, below `{reports}/`: short for `coverage` with that format. */
    readonly lcov?: string | undefined;
    /** The coverage report, below `{reports}/`. Default `{reports}/lcov.info`. */
    readonly coverage?: string | undefined;
    /**
     * Default: from the file's extension (`.info` lcov, `.json` istanbul, `.xml` cobertura or jacoco, `.out`
     * go).
     */
    readonly coverageFormat?: CoverageFormat | undefined;
  };
}

/**
 * The path of a test command's coverage report, and its parser.
 *
 * @throws BatonError `invalid_input` for two reports, and for a path whose extension tells no format.
 */
export function coverageReportOf({ reports = {} }: TestCommand) {
  const { lcov, coverage, coverageFormat } = reports;
  if (lcov !== undefined && coverage !== undefined) {
    throw new BatonError('invalid_input', 'reports names both lcov and coverage, expected one');
  }
  const path = lcov ?? coverage ?? '{reports}/lcov.info';
  return { path, parse: coverageParser(path, lcov === undefined ? coverageFormat : 'lcov') };
}
