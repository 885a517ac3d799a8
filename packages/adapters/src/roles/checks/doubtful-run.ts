import type { Workspace } from '@baton/core';
import { matchPaths } from '../../git/match-paths.ts';
import type { BaselineStep } from './baseline.ts';
import type { CheckRun } from './run-check.ts';
import { TEST_FILES } from './test-files.ts';
import type { TestReport } from './test-report.ts';

/** The exit code by which most test runners report failed tests. */
const TESTS_FAILED = 1;

/**
 * Explains why known failures do not account for how a run ended: a signal, a different exit code, or no
 * tests at all although no test file changed, as when the runner crashes. Undefined: they account for it.
 *
 * @param report of the run, including known failures.
 */
export async function doubtOf(
  run: Pick<CheckRun, 'name' | 'exitCode' | 'ending'>,
  report: TestReport,
  before: Pick<BaselineStep, 'exitCode' | 'tests'>,
  workspace: Pick<Workspace, 'changedFiles'> | undefined,
): Promise<string | undefined> {
  const { name, exitCode, ending = `'${name}' failed` } = run;
  if (exitCode === null) return ending;
  // Mocha and others exit with the number of failures.
  if (![before.exitCode, TESTS_FAILED, report.failed].includes(exitCode)) {
    return `${ending}, at the baseline with ${before.exitCode}, expected the same`;
  }
  const [now, then] = [countOf(report), countOf(before.tests)];
  if (now >= then) return undefined;
  const changed = (await workspace?.changedFiles('start')) ?? [];
  if ((await matchPaths(TEST_FILES, changed)).length > 0) return undefined;
  return `${ending} and reported ${now} tests, at the baseline ${then}, and no test file was changed: the run broke off,`;
}

function countOf(report: TestReport | undefined): number {
  return report === undefined ? 0 : report.passed + report.failed + report.skipped;
}
