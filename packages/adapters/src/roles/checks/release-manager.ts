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
import { detailsOf, reasonOf, refuseStaleVerdicts } from './measured-output.ts';
import { noteOutsideSources } from './outside-sources.ts';
import { withReportsFolder } from './reports-folder.ts';
import { type CheckPlace, type CheckRun, runCheck } from './run-check.ts';

/*
 * Invariants
 * 1. Nothing is deployed on verdicts about other files.
 * 2. Once the deploy command has ended, every result but an advance is rolled back.
 * 3. The exception is an abort: another process may already be deploying, and a rollback would work against
 *    it.
 * 4. A deploy command that could not be started has deployed nothing, so nothing is rolled back: that could
 *    take down the previous release.
 */

/** Options of {@link createReleaseManager}. */
export interface ReleaseManagerOptions {
  /** Deploys the build. It may run again after a crash. */
  readonly deploy: CheckCommand;
  /** Tests of the live deployment. All of them run, one after another. */
  readonly smoke: readonly CheckCommand[];
  /** Undoes the deployment when the deployment, a smoke test or the author fails it. */
  readonly rollback?: CheckCommand | undefined;
  /** The place that the build is deployed to, in words or as a URL. */
  readonly target: string;
  /** Reviews the deployment after the smoke tests have passed. It can only be stricter. */
  readonly author?: RoleAdapter | undefined;
  /**
   * Patterns of the source folders, in the syntax of `.gitignore`. Changes outside of them are noted.
   * Default: the usual folders.
   */
  readonly sources?: readonly string[] | undefined;
  /** Folder to run in without a workspace. Default: the folder of the process. */
  readonly cwd?: string | undefined;
}

const ROLE = 'release_manager';

/**
 * The Release Manager that deploys, runs the smoke tests and rolls back when one fails. After a crash it may
 * deploy again, so `deploy` must be repeatable. A failed smoke test sends the work back to `implementation`;
 * a failed deployment sends it back as the definition says. When the rollback fails, too, the workflow fails,
 * because a person has to look. A release notes changes outside of the source folders.
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
    const { files } = runs.at(-1) ?? deployment;
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
    const verdict = await askAuthor(author, assignment, place.context, measured, files);
    if (verdict.kind === 'objects') return verdict.outcome;
    const doubts = doubtsOf(verdict.words);
    if (doubts.length > 0) return objection(`the author says no: ${doubts}`, verdict.words);
    await noteOutsideSources({ files, note: place.context.note }, sources);
    return advanceWith(verdict, measured satisfies DeploymentOutput, place.context);
  }

  /** Rolls the deployment back. Returns the result in words, and whether the rollback failed. */
  async function takeBack(place: CheckPlace): Promise<{ broken: boolean; words: string }> {
    if (rollback === undefined) {
      return { broken: false, words: 'there is no rollback command, so it was left as it is' };
    }
    try {
      const { exitCode, failure } = await runCheck('rollback', rollback, place);
      // It may change files: no verdict depends on them any more.
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
        const files = await context.workspace?.snapshot();
        await refuseStaleVerdicts(assignment, files);
        const place: CheckPlace = { context, reports, cwd };
        const deployment = await runCheck('deploy', deploy, { ...place, files });
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

/** Finds the author's objections to the release. */
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
