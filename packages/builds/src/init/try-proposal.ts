import type { Baseline } from '@baton/adapters/checks';
import { BatonError } from '@baton/core';
import { explainProblem, problemsOf } from '../baseline/describe-baseline.ts';
import type { Caller } from '../caller.ts';
import { commandsOf } from '../config/commands-of.ts';
import { createConfigRedactor } from '../config/create-config-redactor.ts';
import { type Config, loadConfig } from '../config/load-config.ts';
import { measureAgain, runCommands } from '../doctor/run-commands.ts';
import { checkRepository } from '../state/check-repository.ts';
import { gapIn } from './toolchain.ts';

/** Where a proposal lies, and whom to tell how it goes. */
interface ProposalToTry {
  readonly path: string;
  /** Root of the repository. */
  readonly workspace: string;
  /** Called with a line for each command and each result. */
  readonly progress: (message: string) => void;
}

/** What the proposed commands did on the last commit. */
interface Trial {
  /** Line coverage of all files but tests, by tests that passed; absent: it could not be measured. */
  readonly coveragePercent?: number;
  /** What keeps builds from working, and why nothing was run or measured; none: all went well. */
  readonly problems: readonly string[];
}

/**
 * Runs the commands of a proposal once, as `baton doctor --run` does, and says how much the tests
 * cover. What keeps them from running is an answer, too.
 *
 * @throws BatonError `cancelled` when interrupted: nothing is left running, and no workspace.
 */
export async function tryProposal(
  { path, workspace, progress }: ProposalToTry,
  caller: Caller,
  signal: AbortSignal,
): Promise<Trial> {
  const config = await loadConfig(path, { workspace, cwd: caller.cwd });
  const gaps = commandsOf(config).flatMap(([name, argv]) => {
    const missing = gapIn(argv);
    return missing === undefined ? [] : [`nothing was run: ${name} is a gap: ${missing}`];
  });
  if (gaps.length > 0) return { problems: gaps };
  const redact = createConfigRedactor(config, caller.env);
  caller.maskErrors(redact);
  const masked = (message: string): void => progress(redact(message));
  try {
    await checkRepository(workspace);
    const running = { config, workspace, redact, progress: masked, signal };
    const baseline = await runCommands(running, caller);
    return await trialOf(baseline, config, measureAgain(caller, workspace, undefined));
  } catch (reason) {
    const { code, message } = BatonError.from(reason);
    if (code === 'cancelled') throw reason;
    return { problems: [`nothing was measured: ${redact(message)}`] };
  }
}

async function trialOf(baseline: Baseline, config: Config, again: string): Promise<Trial> {
  const problems = (await problemsOf(baseline, config)).map((one) => explainProblem(one, again));
  const test = baseline.steps.find(({ purpose }) => purpose === 'test');
  // What breaks off, or fails at once, covers less than the tests do.
  if (test === undefined || test.failure !== undefined || (test.tests?.failed ?? 0) > 0) {
    return { problems: [...problems, 'coverage was not measured: the tests did not pass'] };
  }
  const { coveragePercent, coverageProblem } = test;
  if (coveragePercent !== undefined) return { coveragePercent, problems };
  return { problems: [...problems, `coverage was not measured: ${coverageProblem}`] };
}
