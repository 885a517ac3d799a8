import { BatonError } from '@baton/core';
import { coverageParser } from './coverage-format.ts';
import type { TestCommand } from './test-command.ts';

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
