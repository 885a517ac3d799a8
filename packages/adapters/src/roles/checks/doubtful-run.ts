import type { Workspace } from '@baton/core';
import { matchPaths } from '../../git/match-paths.ts';
import type { BaselineStep } from './baseline.ts';
import type { CheckRun } from './run-check.ts';
import { TEST_FILES } from './test-files.ts';
import type { TestReport } from './test-report.ts';

/** By which runners say that tests failed, where they don't say by the number of failures. */
const TESTS_FAILED = 1;

/**
 * Why failures that were known do not explain how a run ended, in words: a signal, an exit code of
 * another kind, or tests that did not run at all although no test file was changed, as when the runner
 * breaks off. Undefined: they explain it.
 *
 * @param report of the run, known failures included.
 */
export async function doubtOf(
  run: Pick<CheckRun, 'name' | 'exitCode' | 'ending'>,
  report: TestReport,
  before: Pick<BaselineStep, 'exitCode' | 'tests'>,
  workspace: Pick<Workspace, 'changedFiles'> | undefined,
): Promise<string | undefined> {
  const { name, exitCode, ending = `'${name}' failed` } = run;
  if (exitCode === null) return ending;
  // Mocha and others end with the number of failures.
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
