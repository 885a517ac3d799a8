import type { Workspace } from '@baton/core';
import { matchPaths } from '../../git/match-paths.ts';
import type { BaselineStep } from './baseline.ts';
import type { CheckCommand } from './check-command.ts';
import { TEST_FILES } from './file-kinds.ts';
import { parseJunitReport } from './junit-report.ts';
import { type Reading, readReport } from './read-report.ts';
import type { CheckRun } from './run-check.ts';
import { type JudgePlace, type JudgeRun, runJudge } from './run-judge.ts';
import { reportWithoutFolder, type TestReport } from './test-report.ts';

export interface MeasuredTests {
  /** The run, without a failure that known failures explain. */
  readonly run: JudgeRun;
  /** The report without known failures. */
  readonly tests: Reading<TestReport>;
  /** Number of known failures. */
  readonly known: number;
}

/**
 * Runs the tests and reads their report. Failures that the baseline also has are removed from it and do
 * not fail the run, unless they do not account for how it ended. The evidence says that they are tolerated,
 * and a note `known_failures`, too.
 *
 * @param junit path of the report.
 */
export async function measureTests(
  test: CheckCommand,
  junit: string,
  place: JudgePlace,
  { known: before }: { readonly known: BaselineStep | undefined },
): Promise<MeasuredTests> {
  const folder = place.context.workspace?.path;
  let tests: Reading<TestReport> = { kind: 'none', problem: 'it was not written' };
  let known = 0;
  let tolerated: string | undefined;
  let doubt: string | undefined;
  const excuse = async (run: CheckRun): Promise<string | undefined> => {
    const parse = (text: string) => reportWithoutFolder(parseJunitReport(text), folder);
    tests = await readReport(junit, place.reports, parse, place.context);
    tolerated = undefined;
    doubt = undefined;
    known = 0;
    if (tests.kind === 'none' || before?.tests === undefined) return undefined;
    const whole = tests.report;
    const fresh = freshFailures(whole, before.tests);
    const { report, caveat } = fresh;
    tests = { kind: 'read', report };
    known = fresh.known;
    if (known === 0 || report.failed > 0 || run.exitCode === 0) return undefined;
    doubt = await doubtOf(run, whole, before, place.context.workspace);
    if (doubt !== undefined) return undefined;
    const how = caveat === undefined ? '' : ` (${caveat})`;
    tolerated = `${known} tests failed that failed at the baseline, and no others${how}`;
    return tolerated;
  };
  const run = await runJudge('test', test, { ...place, freshReports: true, excuse });
  // `runJudge` asks for an excuse only when a run failed.
  if (run.exitCode === 0) {
    await excuse(run);
  }
  if (doubt !== undefined) return { run: { ...run, failure: doubt }, tests, known };
  if (tolerated === undefined) return { run, tests, known };
  place.context.note({ code: 'known_failures', message: tolerated });
  const failure = run.changedFiles ? run.failure : undefined;
  return { run: { ...run, exitCode: 0, ending: undefined, failure }, tests, known };
}

/** The exit code by which most test runners report failed tests. */
const TESTS_FAILED = 1;

/**
 * Explains why known failures do not account for how a run ended: a signal, a different exit code, or no
 * tests at all although no test file changed, as when the runner crashes. Undefined: they account for it.
 *
 * @param report of the run, including known failures.
 */
async function doubtOf(
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

/** A report without the failures that existed before the build. */
export interface FreshFailures {
  readonly report: TestReport;
  /** How many failures were removed. */
  readonly known: number;
  /** How failures were compared, in words; absent: by name. */
  readonly caveat?: string;
}

const UNNAMED = '(unnamed)';

/**
 * Removes from a report the failures of tests that failed at the baseline, compared by full name: a test of
 * the same name in another suite is another test. Where there are more failures than names, as with
 * parametrized tests, their number must not have grown. Where a report names no tests, the counts are
 * compared.
 */
export function freshFailures(now: TestReport, before: TestReport): FreshFailures {
  const { failed } = now;
  if (failed === 0 || before.failed === 0) return { report: now, known: 0 };
  if (!hasNames(now) || !hasNames(before)) {
    const caveat = `a report names no tests, so that counts were compared: ${failed} failed, ${before.failed} at the baseline`;
    if (failed > before.failed) return { report: now, known: 0, caveat };
    return { report: { ...now, failed: 0, failures: [], failedTests: [] }, known: failed, caveat };
  }
  const knownTests = new Set(before.failedTests);
  const failedTests = now.failedTests.filter((one) => !knownTests.has(one));
  // How often each name failed before is unknown, so the total must not grow.
  if (failedTests.length === 0 && failed > before.failed) return { report: now, known: 0 };
  const known = Math.min(before.failed, failed - failedTests.length);
  const failures = now.failures.filter((name) => failedTests.some((one) => isNamed(one, name)));
  return { report: { ...now, failed: failed - known, failures, failedTests }, known };
}

function isNamed(fullName: string, name: string): boolean {
  return fullName === name || fullName.endsWith(` › ${name}`);
}

function hasNames({ failures }: TestReport): boolean {
  return failures.length > 0 && !failures.includes(UNNAMED);
}
