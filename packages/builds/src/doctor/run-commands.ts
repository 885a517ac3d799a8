import { randomUUID } from 'node:crypto';
import { type Baseline, type BaselineStep, runBaseline } from '@baton/adapters/checks';
import { pruneBuilds } from '@baton/adapters/workspace';
import { BatonError, type Redact } from '@baton/core';
import { baselineCommands } from '../baseline/baseline-commands.ts';
import { createBaselineMemory } from '../baseline/baseline-memory.ts';
import {
  describeStep,
  explainProblem,
  problemsOf,
  refusedOf,
} from '../baseline/describe-baseline.ts';
import type { Caller } from '../caller.ts';
import { chooseSandbox } from '../config/choose-sandbox.ts';
import type { Config } from '../config/load-config.ts';
import { createWalls } from '../config/walls.ts';
import { quoted } from '../host/quoted.ts';
import { endOrphans, WORKFLOW_VARIABLE } from '../run/end-orphans.ts';
import {
  type BuildPlaces,
  batonFolder,
  buildPlaces,
  makeBatonFolder,
} from '../state/baton-folder.ts';
import { openWorkspaces } from '../state/open-workspaces.ts';
import { commandLines } from '../text/command-lines.ts';
import type { Finding } from './finding.ts';

export interface CommandsToRun {
  readonly config: Config;
  /** Root of the repository. */
  readonly workspace: string;
  readonly redact: Redact;
  /** Called with a line for each command and each result. */
  readonly progress: (message: string) => void;
  /** Ends them early. */
  readonly signal: AbortSignal;
}

/**
 * Runs install, test and verify once on the last commit, in a workspace of its own that is removed
 * afterwards, and remembers what they did where builds can begin with it.
 *
 * @throws BatonError `cancelled` when interrupted: nothing is left running, and no workspace.
 */
export async function runCommands(
  { config, workspace: repository, redact, progress, signal }: CommandsToRun,
  caller: Pick<Caller, 'env'>,
): Promise<Baseline> {
  const folder = batonFolder(repository, caller.env);
  makeBatonFolder(folder);
  const provider = openWorkspaces(repository, config, caller.env);
  const id = `doctor-${randomUUID()}`;
  try {
    const reopen = () => provider.open(id, undefined, 'judge');
    const workspace = await reopen();
    const { sandbox } = await chooseSandbox(config, caller.env);
    const walls = createWalls(config, sandbox, buildPlaces(repository, config, caller.env));
    const commands = baselineCommands({ config, walls, env: { [WORKFLOW_VARIABLE]: id } });
    const parts = { workspace, reopen, signal, redact, progress, evidence: () => undefined };
    const baseline = await runBaseline(commands, parts, (step) => progress(describeStep(step)));
    const memory = createBaselineMemory(folder.baselines, config, caller.env, sandbox.name);
    // What was measured before no longer holds either way.
    if ((await refusedOf(baseline, config)).length === 0) memory.keep(baseline, Date.now());
    else memory.forget(baseline.tree);
    return baseline;
  } finally {
    endOrphans(id, []);
    await removeAll(id, buildPlaces(repository, config, caller.env));
  }
}

/** The commit that it began with is the repository's own: nothing of it has to be kept. */
async function removeAll(id: string, places: BuildPlaces): Promise<void> {
  const rules = {
    ...{ now: Date.now(), only: [id], worktreesAfterMs: 0, checkpointsAfterMs: 0 },
    ...{ handedOver: false, unknown: true, discard: true },
  };
  const pruned = await pruneBuilds({
    ...places,
    // Nothing of it is published.
    remote: undefined,
    rules,
    standingOf: async () => ({ kind: 'unknown' }),
  });
  const problems = pruned.flatMap(({ kept, problems }) => [...problems, ...(kept ? [kept] : [])]);
  if (problems.length > 0) {
    throw new BatonError('unavailable', `${id} could not be removed: ${problems.join('; ')}`);
  }
}

/**
 * What the commands did, a finding each.
 *
 * @param again the command that measures again.
 */
export async function findingsOf(
  baseline: Baseline,
  config: Config,
  again: string,
): Promise<readonly Finding[]> {
  const problems = await problemsOf(baseline, config);
  const refused = (await refusedOf(baseline, config)).map(({ step }) => step);
  return baseline.steps.map((step): Finding => {
    const problem = problems.find((one) => one.step === step);
    const name = nameOf(step);
    if (problem === undefined) return { name, verdict: isSuspect(step), found: describeStep(step) };
    const [what = '', ...lines] = explainProblem(problem, again).split('\n').slice(0, -1);
    const found = [what, ...lines].join('\n');
    const verdict = refused.includes(step) ? 'problem' : 'warning';
    return { name, verdict, found, advice: problem.advice, details: step.details };
  });
}

function nameOf({ purpose, name }: BaselineStep): string {
  return purpose === 'verify' ? `run verify ${name}` : `run ${purpose}`;
}

/**
 * Without a report, no test can pass: a build may mend that, so it is no problem yet. Whether it needs
 * what it was refused, only the user knows.
 */
function isSuspect({ reportProblem, refused }: BaselineStep): Finding['verdict'] {
  return reportProblem === undefined && refused === undefined ? 'ok' : 'warning';
}

/**
 * Returns the command that runs install, test and verify again and ignores remembered results.
 *
 * @param config path of the configuration, if the user named one.
 */
export function measureAgain(
  caller: Pick<Caller, 'cwd' | 'invocation'>,
  workspace: string,
  config: string | undefined,
): string {
  const where = commandLines(caller, workspace);
  const named = config === undefined ? '' : ` --config ${quoted(config)}`;
  return where.command(`doctor --run${where.files}${named}`);
}
