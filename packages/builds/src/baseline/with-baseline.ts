import { type Baseline, runBaseline } from '@baton/adapters/checks';
import type { Outcome, RoleAdapter, RoleContext, Workspace } from '@baton/core';
import type { CommandMaker } from '../config/check-of.ts';
import type { Config } from '../config/load-config.ts';
import { moment } from '../text/times.ts';
import { baselineCommands } from './baseline-commands.ts';
import type { BaselineMemory } from './baseline-memory.ts';
import {
  type BaselineProblem,
  describeStep,
  explainProblem,
  problemsOf,
  refusedOf,
} from './describe-baseline.ts';

/** What a baseline needs to be run and remembered. */
export interface BaselineParts {
  readonly memory: BaselineMemory;
  /** Opens the workspace in which a build is judged, with the files at the start of the build. */
  readonly openJudged: (workflowId: string) => Promise<Workspace>;
  /** Whether to run a baseline when none is remembered. False for builds that ask no model. */
  readonly isRun: boolean;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** The command that measures again and ignores remembered results. */
  readonly again: string;
}

/** Prefix of progress messages about steps of the baseline. */
export const BASELINE_STEP = 'baseline: ';

/** The first phase of a build. */
const FIRST_PHASE = 'discovery';

/**
 * Runs the configured commands on the initial files before the role works in the first phase. A
 * remembered result replaces the run. No role caused a failure there, so it fails the attempt and a
 * person has to look, unless the configuration tolerates it.
 */
export function withBaseline(
  adapter: RoleAdapter,
  maker: CommandMaker,
  { memory, openJudged, isRun, now, again }: BaselineParts,
): RoleAdapter {
  const { config } = maker;
  return {
    ...adapter,
    async perform(assignment, context) {
      const { workspace } = context;
      if (!isRun || assignment.state !== FIRST_PHASE || workspace === undefined) {
        return adapter.perform(assignment, context);
      }
      const known = memory.recall(await workspace.digest('start'));
      // What kept an earlier build from beginning may be mended since, outside of the repository.
      const isUsable = known !== undefined && (await refusedOf(known, config)).length === 0;
      const reopen = () => openJudged(assignment.workflowId);
      const baseline = isUsable ? known : await measure(maker, context, reopen);
      if (isUsable) {
        context.progress(`baseline, as measured ${moment(known.at)} (to measure again: ${again})`);
        for (const step of baseline.steps) {
          context.progress(`${BASELINE_STEP}${describeStep(step)}`);
        }
      }
      const refused = await settle(baseline, config, again, context);
      if (refused !== undefined) return refused;
      if (!isUsable) memory.keep(baseline, now());
      return adapter.perform(assignment, context);
    },
  };
}

async function measure(
  maker: CommandMaker,
  context: RoleContext,
  reopen: () => Promise<Workspace>,
): Promise<Baseline> {
  context.progress(
    'baseline, not measured yet: running the commands on the files that the build begins with',
  );
  const workspace = await reopen();
  return runBaseline(baselineCommands(maker), { ...context, workspace, reopen }, (step) =>
    context.progress(`${BASELINE_STEP}${describeStep(step)}`),
  );
}

/** Notes what was found; answers a failure where that keeps the build from beginning. */
async function settle(
  baseline: Baseline,
  config: Config,
  again: string,
  { note }: RoleContext,
): Promise<Outcome | undefined> {
  note({ code: 'baseline', message: baseline.steps.map(describeStep).join('; ') });
  const refused = await refusedOf(baseline, config);
  if (refused.length > 0) return { kind: 'fail', reason: reasonOf(refused, again) };
  const problems = await problemsOf(baseline, config);
  if (problems.length > 0) {
    const names = problems.map(({ step }) => `'${step.name}'`).join(', ');
    const message = `the build begins although these fail before it, which baseline in ${config.path} accepts: ${names}`;
    note({ code: 'baseline_tolerated', message });
  }
  return undefined;
}

/** A build keeps the commit that it began with. */
const AFTERWARDS =
  'Once this machine or the configuration is mended, request a retry, which measures again. A commit that mends it takes another build: baton run with --new. To measure without a build:';

function reasonOf(problems: readonly BaselineProblem[], again: string): string {
  const first =
    'commands fail on the files that the build begins with, before anything was changed, and no model was asked';
  const explained = problems.map((problem) => explainProblem(problem, again));
  return [`${first}:`, ...explained, `${AFTERWARDS} ${again}`].join('\n');
}
