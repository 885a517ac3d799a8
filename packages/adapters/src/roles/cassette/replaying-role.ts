import { BatonError, type DeclaredPrincipal, type RoleAdapter } from '@baton/core';
import { NO_ALLOWANCE } from '@baton/core/internal';
import { applyChanges } from './apply-changes.ts';
import { assignmentFingerprint, assignmentView } from './assignment-fingerprint.ts';
import type { Cassette } from './cassette.ts';
import { type CassetteEntry, epochOf } from './cassette-format.ts';
import { divergence } from './divergence.ts';

/** Options of {@link replayingRole}. */
export interface ReplayingRoleOptions {
  /** Who gave the answers, from `recordedPrincipal`. Default: not declared. */
  readonly principal?: DeclaredPrincipal | undefined;
}

/**
 * A role that repeats what was recorded for the same assignment: it makes the recorded changes in the
 * workspace, then returns the recorded outcome. When a build asks the same in several epochs, it gets the
 * answers in order, and the last one from then on. Answers are not used up, so an assignment that is
 * performed again after a crash gets the same answer.
 *
 * Performing throws `invalid_input`, not retryable, when nothing was recorded for the assignment. The message
 * names the first difference from the most similar entry.
 *
 * @example
 * import { openCassette, replayingRole } from '@baton/adapters/cassette';
 * const writer = replayingRole('code_writer', openCassette('build.cassette.json'));
 */
export function replayingRole(
  role: string,
  cassette: Cassette,
  { principal }: ReplayingRoleOptions = {},
): RoleAdapter {
  return {
    role,
    reserve: NO_ALLOWANCE,
    principal,
    async perform(assignment, context) {
      const entries = await cassette.entries();
      const view = await assignmentView(assignment, context);
      const fingerprint = assignmentFingerprint(view);
      const entry = findAnswer(entries, fingerprint, assignment.epoch);
      if (entry === undefined) throw divergence(cassette.path, entries, view);
      const { workspace } = context;
      const paths = Object.keys(entry.files);
      if (paths.length > 0 && workspace === undefined) {
        throw new BatonError(
          'invalid_input',
          `the cassette ${cassette.path} has file changes for role '${role}' in state '${view.state}' (${paths[0]} …), but there is no workspace to make them in`,
        );
      }
      if (context.signal.aborted) {
        throw new BatonError('cancelled', 'the replay was cancelled', {
          cause: context.signal.reason,
        });
      }
      if (workspace !== undefined) await applyChanges(workspace, entry.files);
      return structuredClone(entry.outcome);
    },
  };
}

/**
 * Finds the answer for `epoch`: the newest that was recorded up to it, else the first one; undefined when
 * nothing was recorded. The epoch alone tells, in any process, how often the build has asked before.
 *
 * Only epochs with an answer count. When a role throws, nothing is recorded for that epoch, and a replay,
 * where the role does not throw, skips it.
 */
function findAnswer(
  entries: readonly CassetteEntry[],
  fingerprint: string,
  epoch: number,
): CassetteEntry | undefined {
  const epochs = [...new Set(entries.map(epochOf))].sort((a, b) => a - b);
  const reached = epochs[Math.min(epoch, epochs.length) - 1] ?? epoch;
  const answers = entries
    .filter((one) => one.fingerprint === fingerprint)
    .sort((a, b) => epochOf(a) - epochOf(b));
  return answers.findLast((one) => epochOf(one) <= reached) ?? answers[0];
}
