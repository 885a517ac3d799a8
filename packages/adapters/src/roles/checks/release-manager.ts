import {
  type Assignment,
  BatonError,
  type DeploymentOutput,
  type JsonObject,
  type JsonValue,
  type Outcome,
  type RoleAdapter,
} from '@baton/core';
import { advanceWith, askAuthor, checkAuthor, objection, principalOf, saying } from './author.ts';
import { type CheckCommand, checkCommands } from './check-command.ts';
import { noteOutsideSources } from './outside-sources.ts';
import { withReportsFolder } from './reports-folder.ts';
import { type CheckPlace, type CheckRun, runCheck } from './run-check.ts';
import { refuseStaleVerdicts } from './stale-verdicts.ts';
import { detailsOf, reasonOf } from './sum-up.ts';

/*
 * Invariants
 * 1. Nothing is deployed on verdicts that speak of other files.
 * 2. From the moment that the deploy command has ended, everything but an advance is rolled back.
 * 3. The one exception is an abort: somebody else may be deploying already, and a rollback would
 *    work against them.
 * 4. A deploy command that could not be started has deployed nothing, so nothing is rolled back: a
 *    rollback of nothing may take down the release before.
 */

/** Options of {@link createReleaseManager}. */
export interface ReleaseManagerOptions {
  readonly deploy: CheckCommand;
  /** Tests of the live deployment; all of them run, one after another. */
  readonly smoke: readonly CheckCommand[];
  /** Takes the deployment back when it, a smoke test or the author says no. */
  readonly rollback?: CheckCommand | undefined;
  /** Where the build is deployed to, in words or as a URL. */
  readonly target: string;
  /** Looks at the deployment after the smoke tests have passed. Can only be stricter. */
  readonly author?: RoleAdapter | undefined;
  /** Patterns of the folders with sources, as in `.gitignore`: what changed outside is noted. Default: the usual folders. */
  readonly sources?: readonly string[] | undefined;
  /** Where to run without a workspace. Default: the folder of the process. */
  readonly cwd?: string | undefined;
}

const ROLE = 'release_manager';

/**
 * The Release Manager that deploys, runs the smoke tests and rolls back when one fails. Deploying
 * may happen twice (after a crash), so `deploy` must bear repetition. A failed smoke test sends the
 * work back to `implementation`, a failed deployment to where the definition says; a rollback that
 * fails, too, fails the workflow, for then a person has to look. A release notes what was changed
 * outside of the source folders.
 *
 * @throws BatonError `invalid_input` for options that cannot work.
 * @example
 * import { createReleaseManager } from '@baton/adapters/checks';
 * const releaseManager = createReleaseManager({
 *   target: 'https://shop.example',
 *   deploy: { name: 'deploy', argv: ['./deploy'], timeoutMs: 600_000 },
 *   smoke: [{ name: 'front page', argv: ['curl', '--fail', 'https://shop.example'] }],
 *   rollback: { name: 'rollback', argv: ['./deploy', '--previous'] },
 * });
 */
export function createReleaseManager(options: ReleaseManagerOptions): RoleAdapter {
  const { deploy, smoke, rollback, target, author, cwd, sources } = options;
  if (smoke.length === 0) {
    throw new BatonError('invalid_input', 'smoke is empty, expected at least one smoke test');
  }
  if (target.trim() === '') throw new BatonError('invalid_input', 'target is empty');
  const commands = [deploy, ...smoke, ...(rollback === undefined ? [] : [rollback])];
  checkCommands(commands);
  checkAuthor(ROLE, author);

  async function judge(
    deployment: CheckRun,
    assignment: Assignment,
    place: CheckPlace,
  ): Promise<Outcome> {
    if (deployment.failure !== undefined) {
      const reason = `the deployment failed: ${deployment.failure}`;
      return { kind: 'request_retry', reason, details: deployment.details };
    }
    const runs: CheckRun[] = [];
    for (const test of smoke) runs.push(await runCheck('smoke', test, place));
    const failed = runs.filter(({ failure }) => failure !== undefined);
    if (failed.length > 0) {
      return {
        kind: 'request_retry',
        reason: `smoke tests failed: ${reasonOf(failed)}`,
        details: detailsOf(failed),
        targetState: 'implementation',
      };
    }
    const smokeTests = runs.map(({ name }) => ({ name, passed: true }));
    const measured = { deployed: true, target, smokeTests };
    const verdict = await askAuthor(author, assignment, place.context, measured);
    if (verdict.kind === 'objects') return verdict.outcome;
    const doubts = doubtsOf(verdict.words);
    if (doubts.length > 0) return objection(`the author says no: ${doubts}`, verdict.words);
    await noteOutsideSources(place.context, sources);
    return advanceWith(verdict, measured satisfies DeploymentOutput, place.context);
  }

  /** Takes the deployment back. Answers what became of it, and whether that went wrong. */
  async function takeBack(place: CheckPlace): Promise<{ broken: boolean; words: string }> {
    if (rollback === undefined) {
      return { broken: false, words: 'there is no rollback command, so it was left as it is' };
    }
    try {
      const { exitCode, failure } = await runCheck('rollback', rollback, place);
      // Whether it changed files is of no concern here: no verdict rests on it.
      if (exitCode === 0) return { broken: false, words: 'the deployment was rolled back' };
      return { broken: true, words: `the rollback failed, too: ${failure}` };
    } catch (reason) {
      if (place.context.signal.aborted) throw reason;
      const { message } = BatonError.from(reason);
      return { broken: true, words: `the rollback could not be run: ${message}` };
    }
  }

  function mayBeBroken(what: string, words: string): Outcome {
    const reason = `production may be broken (${target}): ${what}; ${words}`;
    return { kind: 'fail', reason };
  }

  return {
    role: ROLE,
    judges: true,
    ...principalOf(author),
    perform: (assignment, context) =>
      withReportsFolder(async (reports) => {
        await refuseStaleVerdicts(assignment, context);
        const place: CheckPlace = { context, reports, cwd };
        const deployment = await runCheck('deploy', deploy, place);
        let outcome: Outcome;
        try {
          outcome = await judge(deployment, assignment, place);
        } catch (reason) {
          if (context.signal.aborted) throw reason;
          const { broken, words } = await takeBack(place);
          if (broken) return mayBeBroken(BatonError.from(reason).message, words);
          throw reason;
        }
        if (outcome.kind === 'advance') return outcome;
        const { broken, words } = await takeBack(place);
        if (outcome.kind === 'ask') {
          return broken ? mayBeBroken('the author had questions', words) : outcome;
        }
        if (broken) return mayBeBroken(outcome.reason, words);
        return { ...outcome, reason: `${outcome.reason}; ${words}` };
      }),
  };
}

/** What in the author's words speaks against the release. */
function doubtsOf({ deployed, smokeTests }: JsonObject): string {
  const tests = Array.isArray(smokeTests) ? smokeTests : [smokeTests];
  const failed =
    smokeTests === undefined ? [] : tests.filter((test) => !hasPassed(test as JsonValue));
  return [
    ...(deployed === undefined || deployed === true ? [] : [saying('deployed', deployed)]),
    ...(failed.length === 0 ? [] : [saying('smokeTests', failed)]),
  ].join('; ');
}

function hasPassed(test: JsonValue): boolean {
  if (typeof test !== 'object' || test === null || Array.isArray(test)) return false;
  return (test as JsonObject)['passed'] === true;
}
