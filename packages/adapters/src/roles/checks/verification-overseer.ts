import { BatonError, type RoleAdapter, type VerificationOutput } from '@baton/core';
import {
  advanceWith,
  askAuthor,
  checkAuthor,
  mindOf,
  objection,
  saying,
  textsOf,
} from './author.ts';
import { noteChangedChecks } from './changed-checks.ts';
import { type CheckCommand, checkCommands } from './check-command.ts';
import { withReportsFolder } from './reports-folder.ts';
import { type CheckRun, runCheck } from './run-check.ts';
import { detailsOf, reasonOf } from './sum-up.ts';

export interface VerificationOverseerOptions {
  /** Each has to end with exit code 0; they run one after another, all of them. */
  readonly verify: readonly CheckCommand[];
  /** Looks at the build after the checks have passed. Can only be stricter. */
  readonly author?: RoleAdapter;
  /** Where to run without a workspace. Default: the folder of the process. */
  readonly cwd?: string;
}

const ROLE = 'verification_overseer';

/**
 * The Verification Overseer that approves what its checks approve, unless its author objects,
 * answers anything but `approved: true`, or has findings without approving. What fails sends the
 * work back. An approval notes which tests and checks were changed.
 *
 * @throws BatonError `invalid_input` for options that cannot work.
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
    ...mindOf(author),
    async perform(assignment, context) {
      const runs = await withReportsFolder(async (reports) => {
        const done: CheckRun[] = [];
        for (const check of verify) {
          done.push(await runCheck('verify', check, { context, reports, cwd }));
        }
        return done;
      });
      const failed = runs.filter(({ failure }) => failure !== undefined);
      if (failed.length > 0) {
        const reason = `checks failed: ${reasonOf(failed)}`;
        return { kind: 'request_retry', reason, details: detailsOf(failed) };
      }
      const checksPassed = runs.map(({ name }) => name);
      const opinion = await askAuthor(author, assignment, context, { checksPassed });
      if (opinion.kind === 'objects') return opinion.outcome;
      const findings = [...textsOf(opinion.words, 'findings')];
      const { approved } = opinion.words;
      // Who says anything has to say whether it approves; who says nothing agrees with the checks.
      const agrees = approved === true || Object.keys(opinion.words).length === 0;
      if (!agrees) {
        const unclear =
          approved === false ? [] : [`${saying('approved', approved)}, expected true`];
        const why = [...unclear, ...findings].join('; ') || 'no reason was given';
        return objection(`not approved: ${why}`, opinion.words);
      }
      await noteChangedChecks(context, verify);
      const output = { approved: true, findings } satisfies VerificationOutput;
      return advanceWith(opinion, output, context);
    },
  };
}
