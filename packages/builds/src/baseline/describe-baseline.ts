import { type Baseline, type BaselineStep, refusedFiles } from '@baton/adapters/checks';
import { matchFolded, nameFiles } from '@baton/adapters/review';
import type { Config } from '../config/load-config.ts';
import { lastLines } from '../text/foreign-text.ts';
import { duration } from '../text/times.ts';

/** What lets builds begin although a command fails. */
type Acceptance = 'failing' | 'failingInstall';

/** Something of a baseline that keeps builds from working. */
export interface BaselineProblem {
  readonly step: BaselineStep;
  /** What is wrong, with the names of tests that failed. */
  readonly what: string;
  /** What to do about it. */
  readonly advice: string;
  /** The member of `baseline` that lets builds begin even so, as `tolerate`; absent: none does. */
  readonly acceptedBy?: Acceptance;
}

/** What a step did, how long that took, and what its sandbox refused or did not give it, in a line. */
export function describeStep(step: BaselineStep): string {
  const {
    name,
    durationMs,
    failure,
    missing,
    refused,
    hindered,
    tests,
    reportProblem,
    coveragePercent,
    changedFiles,
  } = step;
  const what =
    missing === undefined ? (failure ?? `'${name}' passed`) : `'${name}' cannot run: ${missing}`;
  const took = step.exitCode === null && durationMs === 0 ? '' : ` (${duration(durationMs)})`;
  const counted = tests === undefined ? '' : `, ${countsOf(tests)}`;
  const covered = coveragePercent === undefined ? '' : `, ${coveragePercent} % of lines covered`;
  const left = reportProblem === undefined ? '' : `, without a test report: ${reportProblem}`;
  const changed = changedFiles.length === 0 ? '' : `, changed ${nameFiles(changedFiles)}`;
  const sandbox = hindered?.found ?? refused;
  const kept = sandbox === undefined ? '' : `; ${sandbox}`;
  return `${what}${took}${counted}${covered}${left}${changed}${kept}`;
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
  const lacksInstall = steps.some(
    ({ purpose, failure }) => purpose === 'install' && failure !== undefined,
  );
  const hasTested = steps.some(
    ({ purpose, failure }) => purpose === 'test' && failure === undefined,
  );
  for (const step of steps) {
    const what = describeStep(step);
    const refused = await refusedFiles(workspace.generated, step.changedFiles);
    const guarded = await matchFolded(workspace.protected, step.changedFiles);
    const hasFailed = step.failure !== undefined || (step.tests?.failed ?? 0) > 0;
    const sandbox = step.hindered?.advice;
    const shown =
      sandbox === undefined ? '' : `if '${step.name}' needs that, set ${sandbox}; otherwise `;
    const add = (advice: string, acceptedBy?: Acceptance): void => {
      const accepted = acceptedBy !== undefined && { acceptedBy };
      problems.push({ step, what, advice: `${shown}${advice}`, ...accepted });
    };
    if (step.missing !== undefined && step.purpose !== 'install' && lacksInstall) {
      add(`mend install first: what '${step.name}' lacks may come from it`, 'failingInstall');
    } else if (step.missing !== undefined) {
      add(`install what is missing, or correct the command in ${path}`);
    } else if (guarded.length > 0) {
      add(
        `'${step.name}' changes files that workspace.protected names: have it leave them alone, or protect others (${path})`,
      );
    } else if (refused.length > 0) {
      add(
        `commit what '${step.name}' makes, have it leave tracked files alone, or accept them with workspace.generated in ${path}`,
      );
    } else if (hasFailed && step.purpose === 'install') {
      add(
        `make install work on these files, or correct commands.install in ${path}: no build begins without it, except with "baseline": { "failingInstall": "tolerate" }, for a build that is to mend it`,
        'failingInstall',
      );
    } else if (hasFailed) {
      const alone =
        step.purpose === 'verify' && hasTested
          ? `checks run without what the tests have built: where '${step.name}' needs it, put what builds it before it in commands.verify; otherwise `
          : '';
      add(
        `${alone}fix that and commit it, or let builds begin even so with "baseline": { "failing": "tolerate" } in ${path}`,
        lacksInstall ? 'failingInstall' : 'failing',
      );
    }
  }
  return problems;
}

/** Those of the problems that a build may not begin with, by the configuration. */
export async function refusedOf(
  baseline: Baseline,
  config: Pick<Config, 'workspace' | 'path' | 'baseline'>,
): Promise<readonly BaselineProblem[]> {
  const problems = await problemsOf(baseline, config);
  return problems.filter(
    ({ acceptedBy }) => acceptedBy === undefined || config.baseline[acceptedBy] !== 'tolerate',
  );
}

/**
 * A problem with the end of what the command wrote.
 *
 * @param again the command that measures again, and has more of it.
 */
export function explainProblem({ step, what, advice }: BaselineProblem, again: string): string {
  const rest = `"details" of ${again} --json`;
  const lines = lastLines(step.details, rest).map((line) => `    ${line}`);
  return [`${what}`, `    ${step.argv.join(' ')}`, ...lines, `  → ${advice}`].join('\n');
}
