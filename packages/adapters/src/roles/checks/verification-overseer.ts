import {
  BatonError,
  type Outcome,
  type RoleAdapter,
  type RoleContext,
  type VerificationOutput,
  type WorkspaceSnapshot,
} from '@baton/core';
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
import { type BaselineStep, failurePrint, stepAt } from './baseline.ts';
import { type CheckCommand, checkCommands } from './check-command.ts';
import { faultOf } from './fault-of.ts';
import { detailsOf, reasonOf } from './measured-output.ts';
import { withReportsFolder } from './reports-folder.ts';
import type { CheckRun } from './run-check.ts';
import { baselineOf, type JudgeOptions, type JudgeRun, runJudge } from './run-judge.ts';

/** Options of {@link createVerificationOverseer}. */
export interface VerificationOverseerOptions extends JudgeOptions {
  /** Commands that must exit with code 0. All of them run, one after another. */
  readonly verify: readonly CheckCommand[];
  /** Reviews the build after the checks have passed. It can only be stricter. */
  readonly author?: RoleAdapter | undefined;
  /** Folder to run in without a workspace. Default: the folder of the process. */
  readonly cwd?: string | undefined;
}

const ROLE = 'verification_overseer';

const KNOWN = 'checks failed that failed at the baseline, with the same output but for figures';

/**
 * The Verification Overseer, which approves when all checks pass, unless its author objects: answers anything
 * but `approved: true`, or reports findings without approving. Failed checks send the work back. A check that
 * cannot run because a tool is missing fails the attempt, so that a person looks. An approval notes which
 * tests and checks were changed.
 *
 * @throws BatonError `invalid_input` for options that cannot work.
 * @example
 * import { createVerificationOverseer } from '@baton/adapters/checks';
 * const overseer = createVerificationOverseer({
 *   verify: [{ name: 'types', argv: ['tsc', '--noEmit'], timeoutMs: 120_000 }],
 * });
 */
export function createVerificationOverseer(options: VerificationOverseerOptions): RoleAdapter {
  const { verify, author, cwd } = options;
  if (verify.length === 0) {
    throw new BatonError('invalid_input', 'verify is empty, expected at least one check');
  }
  checkCommands(verify);
  checkAuthor(ROLE, author);
  return {
    role: ROLE,
    judges: true,
    ...principalOf(author),
    async perform(assignment, context) {
      const baseline = await baselineOf(options, context);
      const { runs, faults, known, files } = await withReportsFolder(async (reports) => {
        let files: WorkspaceSnapshot | undefined;
        const runs: JudgeRun[] = [];
        const faults: Outcome[] = [];
        const known: string[] = [];
        for (const check of verify) {
          const before = stepAt(baseline, 'verify', check.name);
          const excuse = async (run: CheckRun): Promise<string | undefined> => {
            if (!options.toleratesKnownFailures || run.changedFiles) return undefined;
            return isAsBefore(run, before, context) ? KNOWN : undefined;
          };
          const { generated } = options;
          const putBackBefore = before?.putBack;
          const phase = assignment.state;
          const place = { context, reports, cwd, generated, excuse, putBackBefore, phase };
          const run = await runJudge('verify', check, place);
          files = run.files;
          const isKnown = run.exitCode !== 0 && (await excuse(run)) !== undefined;
          if (isKnown) known.push(check.name);
          else {
            runs.push(run);
            const fault = await faultOf(check, run, { context, before, unjudged: true });
            if (fault !== undefined) faults.push(fault);
          }
        }
        return { runs, faults, known, files };
      });
      const fault = faults.find(({ kind }) => kind === 'fail') ?? faults[0];
      if (fault !== undefined) return fault;
      const failed = runs.filter(({ failure }) => failure !== undefined);
      if (failed.length > 0) {
        const reason = `checks failed: ${reasonOf(failed)}`;
        return { kind: 'request_retry', reason, details: detailsOf(failed) };
      }
      const changed = [...new Set(runs.flatMap((run) => run.changed))];
      if (changed.length > 0) {
        const reason = `checks changed files, on which the tests have to run: ${nameFiles(changed)}`;
        return { kind: 'request_retry', reason, targetState: 'testing' };
      }
      if (known.length > 0) {
        context.note({ code: 'known_failures', message: `${KNOWN}: ${known.join(', ')}` });
      }
      const checksPassed = runs.map(({ name }) => name);
      const verdict = await askAuthor(author, assignment, context, { checksPassed }, files);
      if (verdict.kind === 'objects') return verdict.outcome;
      const findings = [...textsOf(verdict.words, 'findings')];
      const { approved } = verdict.words;
      // An author that returns anything must say whether it approves; an empty result agrees with the
      // checks.
      const agrees = approved === true || Object.keys(verdict.words).length === 0;
      if (!agrees) {
        const unclear =
          approved === false ? [] : [`${saying('approved', approved)}, expected true`];
        const why = [...unclear, ...findings].join('; ') || 'no reason was given';
        return objection(`not approved: ${why}`, verdict.words);
      }
      const output = { approved: true, findings } satisfies VerificationOutput;
      return advanceWith(verdict, output, context);
    },
  };
}

function isAsBefore(
  run: CheckRun,
  before: BaselineStep | undefined,
  { workspace }: Pick<RoleContext, 'workspace'>,
): boolean {
  if (before?.failure === undefined || workspace === undefined) return false;
  return before.print === failurePrint(run, workspace);
}
