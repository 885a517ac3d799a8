import type {
  JsonObject,
  JsonValue,
  RoleAdapter,
  RoleContext,
  TestingOutput,
  Workspace,
} from '@baton/core';
import { asOf, type Resolved } from '@baton/core/internal';
import { nameFiles } from '../review/outcome-review.ts';
import {
  advanceWith,
  askAuthor,
  checkAuthor,
  objection,
  principalOf,
  saying,
  textsOf,
} from './author.ts';
import { stepAt } from './baseline.ts';
import { changedLinesOf } from './changed-lines.ts';
import { checkCommands, expand } from './check-command.ts';
import { type CoverageRule, resolveCoverageRule } from './coverage-rule.ts';
import { faultOf } from './fault-of.ts';
import { judgeTests, names } from './judge-tests.ts';
import { measureCoverage } from './measure-coverage.ts';
import { measureTests } from './measure-tests.ts';
import { measuredOutput, withoutMeasurements } from './measured-output.ts';
import { checkReportPath, readReport } from './read-report.ts';
import { withReportsFolder } from './reports-folder.ts';
import { baselineOf, type JudgeOptions } from './run-judge.ts';
import { coverageReportOf, type TestCommand } from './test-command.ts';

/** Options of {@link createTestAuditor}. */
export interface TestAuditorOptions extends JudgeOptions {
  /** Runs the tests and writes the reports. */
  readonly test: TestCommand;
  /** The coverage that the tests must reach. Default: 80 % of all lines. */
  readonly coverage?: CoverageRule;
  /** Reviews the build after the tests have passed, for example for security. It can only be stricter. */
  readonly author?: RoleAdapter;
  /** Folder to run in without a workspace. Default: the folder of the process. */
  readonly cwd?: string;
}

const ROLE = 'test_auditor';

/**
 * The Test Auditor, whose figures come from the reports of a real test run. When the tests pass, it advances
 * with the figures and the evidence, and notes which tests and checks were changed and which tests were
 * flaky. When they fail, or the author finds an open security issue, it sends the work back with the reason.
 *
 * @throws BatonError `invalid_input` for options that cannot work.
 * @example
 * import { createTestAuditor } from '@baton/adapters/checks';
 * const testAuditor = createTestAuditor({
 *   test: {
 *     name: 'tests',
 *     argv: ['pytest', '--junitxml={reports}/junit.xml', '--cov-report=lcov:{reports}/lcov.info'],
 *   },
 * });
 */
export function createTestAuditor(options: TestAuditorOptions): RoleAdapter {
  const { test, author, cwd } = options;
  const rule = resolveCoverageRule(options.coverage);
  const { junit = '{reports}/junit.xml' } = test.reports ?? {};
  const { path: coverage, parse: parseCoverage } = coverageReportOf(test);
  checkCommands([test]);
  checkReportPath(junit);
  checkReportPath(coverage);
  checkAuthor(ROLE, author);
  return {
    role: ROLE,
    judges: true,
    ...principalOf(author),
    async perform(assignment, context) {
      const { workspace } = context;
      if (rule.of === 'changed lines' && workspace === undefined) {
        return { kind: 'fail', reason: cannotTell(rule) };
      }
      const before = stepAt(await baselineOf(options, context), 'test', test.name);
      const { run, judged, verdict, known, fault } = await withReportsFolder(async (reports) => {
        const places = { reports, workspace: '' };
        const { generated } = options;
        const putBackBefore = before?.putBack;
        const phase = assignment.state;
        const place = { context, reports, cwd, generated, putBackBefore, phase };
        const { run, tests, known } = await measureTests(test, expand(junit, places), place, {
          known: options.toleratesKnownFailures ? before : undefined,
        });
        const judged = workspace && run.files && asOf(workspace, run.files);
        const unjudged = tests.kind === 'none';
        const fault = await faultOf(test, run, { context, before, unjudged });
        const measured = await measureCoverage(
          await readReport(expand(coverage, places), reports, parseCoverage, context),
          { workspace: judged, rule, testFiles: tests.kind === 'read' ? tests.report.files : [] },
        );
        const verdict = judgeTests({ run, tests, coverage: measured, rule });
        return { run, judged, verdict, known, fault };
      });
      if (fault !== undefined) return fault;
      if (verdict.kind === 'red') {
        const others = known > 0 ? `; ${known} more failed at the baseline, too` : '';
        const reason = `${verdict.reason}${others}`;
        return { kind: 'request_retry', reason, details: run.details };
      }
      const measured = measuredOutput(verdict, rule.of, known);
      const authors = await askAuthor(author, assignment, context, measured, run.files);
      if (authors.kind === 'objects') return authors.outcome;
      const securityIssues = [...textsOf(authors.words, 'securityIssues')];
      if (securityIssues.length > 0) {
        const reason = `open security issues: ${securityIssues.join('; ')}`;
        return { kind: 'request_retry', reason };
      }
      const doubts = doubtsOf(authors.words, rule);
      if (doubts.length > 0) {
        return objection(`the author says no: ${doubts.join('; ')}`, authors.words);
      }
      await noteCoverageMarkers(judged, context);
      noteFlaky(verdict.tests.flaky, context);
      const output = { ...measured, securityIssues } satisfies TestingOutput;
      const words = withoutMeasurements(authors.words);
      return advanceWith({ ...authors, words }, output, context);
    },
  };
}

function noteFlaky(flaky: readonly string[], { note }: Pick<RoleContext, 'note'>): void {
  if (flaky.length === 0) return;
  const count = flaky.length === 1 ? '1 test' : `${flaky.length} tests`;
  const message = `${count} failed at first and passed when run again: ${names(flaky)}`;
  note({ code: 'flaky_tests', message });
}

function cannotTell({ setting }: Resolved<CoverageRule>): string {
  return `the coverage of changed lines (beside ${setting}) cannot be measured: the workspace does not know how files were when the build began; use the coverage of all lines`;
}

/**
 * The author's figures that would fail the tests. Figures as good as the measured ones, or better, are no
 * objection.
 */
function doubtsOf(words: JsonObject, { of, minimum }: Resolved<CoverageRule>): string[] {
  const green: Record<string, (value: JsonValue) => boolean> = {
    testsFailed: (value) => value === 0,
    testsPassed: (value) => typeof value === 'number' && value > 0,
    coveragePercent: (value) => typeof value === 'number' && (of !== 'all' || value >= minimum),
  };
  return Object.entries(green).flatMap(([name, isGreen]) => {
    const said = words[name];
    return said === undefined || isGreen(said) ? [] : [saying(name, said)];
  });
}

/**
 * Notes as `coverage_markers` the files in which the build added lines that exclude code from coverage: no
 * percentage shows what they hide. It is no objection, because tests cannot run some code.
 */
export async function noteCoverageMarkers(
  workspace: Workspace | undefined,
  { note }: Pick<RoleContext, 'note'>,
): Promise<void> {
  if (workspace === undefined) return;
  const changed = await changedLinesOf(workspace);
  const files = [...changed].filter(([, { markers }]) => markers.length > 0).map(([path]) => path);
  if (files.length === 0) return;
  const message = `lines were added that take code out of the coverage: ${nameFiles(files)}`;
  note({ code: 'coverage_markers', message });
}
