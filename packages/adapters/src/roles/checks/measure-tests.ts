import type { BaselineStep } from './baseline.ts';
import type { CheckCommand } from './check-command.ts';
import { doubtOf } from './doubtful-run.ts';
import { parseJunitReport } from './junit-report.ts';
import { freshFailures } from './known-failures.ts';
import { type Reading, readReport } from './read-report.ts';
import type { CheckRun } from './run-check.ts';
import { type JudgePlace, type JudgeRun, runJudge } from './run-judge.ts';
import type { TestReport } from './test-report.ts';
import { reportWithoutFolder } from './without-folder.ts';

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
