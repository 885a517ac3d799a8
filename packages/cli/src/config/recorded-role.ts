import { type Cassette, recordingRole, replayingRole } from '@baton/adapters/cassette';
import { type Redact, redactDeep } from '@baton/adapters/secrets';
import type { Assignment, RoleAdapter } from '@baton/core';

/**
 * The same role, whose answers are recorded without secrets. They are masked before the fingerprint
 * is taken: a cassette whose fingerprints are not of what it holds is refused as damaged.
 */
export function recordedRole(
  adapter: RoleAdapter,
  cassette: Cassette,
  redact: Redact,
): RoleAdapter {
  const masked: Cassette = {
    path: cassette.path,
    entries: () => cassette.entries(),
    record: ({ outcome, files, ...found }) =>
      cassette.record({ ...found, ...redactDeep(redact, { outcome, files }) }),
  };
  return {
    ...adapter,
    perform(assignment, context) {
      // The role itself gets the assignment as it is.
      const perform: RoleAdapter['perform'] = (_, same) => adapter.perform(assignment, same);
      const recording = recordingRole({ ...adapter, perform }, masked);
      return recording.perform(maskedAssignment(assignment, redact), context);
    },
  };
}

/** A role that answers what was recorded without secrets. */
export function replayedRole(role: string, cassette: Cassette, redact: Redact): RoleAdapter {
  const replaying = replayingRole(role, cassette);
  return {
    ...replaying,
    perform: (assignment, context) =>
      replaying.perform(maskedAssignment(assignment, redact), context),
  };
}

/** Without secrets where somebody has the word; ids and digests stay as they are. */
function maskedAssignment(assignment: Assignment, redact: Redact): Assignment {
  const { requirements, inputs, feedback, answers } = assignment;
  return { ...assignment, ...redactDeep(redact, { requirements, inputs, feedback, answers }) };
}
