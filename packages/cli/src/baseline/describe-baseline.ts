import { type Baseline, type BaselineStep, refusedFiles } from '@baton/adapters/checks';
import { matchFolded, nameFiles } from '@baton/adapters/review';
import type { Config } from '../config/load-config.ts';
import { lastLines } from '../output/last-lines.ts';
import { duration } from '../output/times.ts';

/** Something of a baseline that keeps builds from working. */
export interface BaselineProblem {
  readonly step: BaselineStep;
  /** What is wrong, with the names of tests that failed. */
  readonly what: string;
  /** What to do about it. */
  readonly advice: string;
  /** Whether `baseline: { failing: "tolerate" }` lets builds begin even so. */
  readonly isTolerable: boolean;
}

/** What a step did, and how long that took, in a line. */
export function describeStep(step: BaselineStep): string {
  const {
    name,
    durationMs,
    failure,
    missing,
    refused,
    tests,
    reportProblem,
    coveragePercent,
    changedFiles,
  } = step;
  const what =
    missing === undefined ? (failure ?? `'${name}' passed`) : `'${name}' cannot run: ${missing}`;
  const counted = tests === undefined ? '' : `, ${countsOf(tests)}`;
  const covered = coveragePercent === undefined ? '' : `, ${coveragePercent} % of lines covered`;
  const left = reportProblem === undefined ? '' : `, without a test report: ${reportProblem}`;
  const changed = changedFiles.length === 0 ? '' : `, changed ${nameFiles(changedFiles)}`;
  // A failure tells it itself.
  const reached = failure !== undefined || refused === undefined ? '' : `, ${refused}`;
  return `${what} in ${duration(durationMs)}${counted}${covered}${left}${changed}${reached}`;
}

function countsOf({ passed, failed, failures }: NonNullable<BaselineStep['tests']>): string {
  const named = failures.length === 0 ? '' : ` (${nameFiles(failures)})`;
  return `${passed} ${passed === 1 ? 'test' : 'tests'} passed, ${failed} failed${named}`;
}

/** What keeps builds from working, step by step; none: they can begin. */
export async function problemsOf(
  { steps }: Baseline,
  { workspace, path }: Pick<Config, 'workspace' | 'path'>,
): Promise<readonly BaselineProblem[]> {
  const problems: BaselineProblem[] = [];
  for (const step of steps) {
    const what = describeStep(step);
    const refused = await refusedFiles(workspace.generated, step.changedFiles);
    const guarded = await matchFolded(workspace.protected, step.changedFiles);
    if (step.missing !== undefined) {
      const advice = `install what is missing, or correct the command in ${path}`;
      problems.push({ step, what, advice, isTolerable: false });
    } else if (guarded.length > 0) {
      const advice = `'${step.name}' changes files that workspace.protected names: have it leave them alone, or protect others (${path})`;
      problems.push({ step, what, advice, isTolerable: false });
    } else if (refused.length > 0) {
      const advice = `commit what '${step.name}' makes, have it leave tracked files alone, or accept them with workspace.generated in ${path}`;
      problems.push({ step, what, advice, isTolerable: false });
    } else if (step.failure !== undefined || (step.tests?.failed ?? 0) > 0) {
      const advice = `mend that and commit it, or let builds begin even so with "baseline": { "failing": "tolerate" } in ${path}`;
      problems.push({ step, what, advice, isTolerable: true });
    }
  }
  return problems;
}

/** Those of the problems that a build may not begin with, by the configuration. */
export async function refusedOf(
  baseline: Baseline,
  config: Pick<Config, 'workspace' | 'path' | 'baseline'>,
): Promise<readonly BaselineProblem[]> {
  const tolerates = config.baseline.failing === 'tolerate';
  const problems = await problemsOf(baseline, config);
  return problems.filter(({ isTolerable }) => !(isTolerable && tolerates));
}

/** A problem with the end of what the command wrote. */
export function explainProblem({ step, what, advice }: BaselineProblem): string {
  const lines = lastLines(step.details, 'the output of the command').map((line) => `    ${line}`);
  return [`${what}`, `    ${step.argv.join(' ')}`, ...lines, `  → ${advice}`].join('\n');
}
