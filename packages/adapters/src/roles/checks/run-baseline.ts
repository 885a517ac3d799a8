import type { RoleContext, Workspace } from '@baton/core';
import { BASELINE, type Baseline, type BaselineStep, failurePrint } from './baseline.ts';
import { type CheckCommand, expand } from './check-command.ts';
import { type CoverageRule, resolveCoverageRule } from './coverage-rule.ts';
import { parseJunitReport } from './junit-report.ts';
import { measureCoverage } from './measure-coverage.ts';
import { missingTool } from './missing-tool.ts';
import { readReport } from './read-report.ts';
import { withReportsFolder } from './reports-folder.ts';
import { type JudgeRun, runJudge } from './run-judge.ts';
import { coverageReportOf, type TestCommand } from './test-command.ts';
import { reportWithoutFolder } from './test-report.ts';

/** The commands of a build that its baseline runs. */
export interface BaselineCommands {
  /** Installs what the others need. Default: nothing is installed. */
  readonly install?: CheckCommand | undefined;
  /** Runs the tests and writes the reports. */
  readonly test: TestCommand;
  /** Which files count for the coverage. Default: all but tests. */
  readonly coverage?: Pick<CoverageRule, 'exclude'>;
  /** Further checks. */
  readonly verify: readonly CheckCommand[];
  /** Whether the other commands run after a failed installation. Default: they do not. */
  readonly acceptsFailingInstall?: boolean;
}

/** Where {@link runBaseline} runs, and where its evidence goes. */
export type BaselineContext = Omit<RoleContext, 'workspace' | 'usage' | 'note'> & {
  /** The tree in which tests and checks run in a build. */
  readonly workspace: Workspace;
  /** Opens that tree again, without what earlier commands left in it. */
  readonly reopen: () => Promise<Workspace>;
};

/** Key under which the installation of the baseline is kept. */
const PREPARED = 'baseline';

/**
 * Runs each command once on the files of the workspace and records what it does. A failed command is a
 * result, not an error. As in a build, tests and checks each start from the files and the installation alone:
 * a check that only passes with what the tests left behind would fail there.
 *
 * @param done called with each step when it ends.
 * @throws BatonError `cancelled` when the signal aborts; all processes of the commands have ended then.
 * @example
 * import { type BaselineContext, runBaseline } from '@baton/adapters/checks';
 * const measure = (context: BaselineContext) =>
 *   runBaseline({ test: { name: 'tests', argv: ['npm', 'test'] }, verify: [] }, context);
 */
export async function runBaseline(
  { install, test, coverage, verify, acceptsFailingInstall = false }: BaselineCommands,
  context: BaselineContext,
  done: (step: BaselineStep) => void = () => undefined,
): Promise<Baseline> {
  const { reopen, ...judging } = context;
  let { workspace } = context;
  const tree = await workspace.digest();
  const steps: BaselineStep[] = [];
  const quiet = { ...judging, progress: () => {}, usage: () => {}, note: () => {} };
  await withReportsFolder(async (reports) => {
    const run = (command: CheckCommand) => {
      const place = { context: { ...quiet, workspace }, reports, cwd: undefined, once: true };
      return runJudge(BASELINE, command, place);
    };
    const add = (step: BaselineStep): void => {
      steps.push(step);
      done(step);
    };
    if (install !== undefined) {
      const step = stepOf('install', install, await run(install), workspace);
      add(step);
      if (step.failure !== undefined && !acceptsFailingInstall) return;
      await workspace.preparation?.keep(PREPARED);
    }
    const tested = await run(test);
    const path = expand(test.reports?.junit ?? '{reports}/junit.xml', { reports, workspace: '' });
    const parse = (text: string) => reportWithoutFolder(parseJunitReport(text), workspace.path);
    const reading = await readReport(path, reports, parse, context);
    const { missing, ...step } = stepOf('test', test, tested, workspace);
    const report = coverageReportOf(test);
    const measured = await measureCoverage(
      await readReport(
        expand(report.path, { reports, workspace: '' }),
        reports,
        report.parse,
        context,
      ),
      {
        workspace,
        rule: resolveCoverageRule({ ...coverage, of: 'all' }),
        testFiles: reading.kind === 'read' ? reading.report.files : [],
      },
    );
    add({
      ...step,
      ...(measured.kind === 'read'
        ? { coveragePercent: measured.report.all.percent }
        : { coverageProblem: measured.problem }),
      ...(reading.kind === 'read' ? { tests: reading.report } : { reportProblem: reading.problem }),
      ...(reading.kind === 'none' && missing !== undefined && { missing }),
    });
    workspace = await reopen();
    for (const one of verify) add(stepOf('verify', one, await run(one), workspace));
  });
  return { tree, steps };
}

function stepOf(
  purpose: BaselineStep['purpose'],
  { name, argv }: CheckCommand,
  run: JudgeRun,
  workspace: Workspace,
): BaselineStep {
  const missing = run.notStarted ?? missingTool(run);
  const { exitCode, durationMs, details, ended, changed, putBack, refused, hindered } = run;
  return {
    purpose,
    name,
    argv,
    exitCode,
    durationMs,
    ...(ended !== undefined && { failure: ended }),
    ...(missing !== undefined && { missing }),
    ...(refused !== undefined && { refused }),
    ...(hindered !== undefined && { hindered }),
    details,
    print: failurePrint(run, workspace),
    changedFiles: changed,
    putBack,
  };
}
