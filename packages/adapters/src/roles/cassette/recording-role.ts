import type { RoleAdapter } from '@baton/core';
import { outcomeSchema, redactDeep } from '@baton/core/internal';
import { assignmentFingerprint, assignmentView } from './assignment-fingerprint.ts';
import type { Cassette } from './cassette.ts';
import { type CassetteRoleOptions, maskedView } from './masked-view.ts';
import { refuseSecrets } from './refuse-secrets.ts';
import { changesSince, snapshotChanged } from './workspace-changes.ts';

/**
 * Wraps a role and records every answer: the outcome and the changes to the workspace. Errors pass through
 * and are not recorded. Secrets are masked in the file only.
 *
 * Performing throws `invalid_input`, not retryable, when a changed file holds a secret.
 *
 * @example
 * import { openCassette, recordingRole } from '@baton/adapters/cassette';
 * import { createCommandRole } from '@baton/adapters/command';
 * const writer = createCommandRole({ role: 'code_writer', argv: ['./write'] });
 * const recorded = recordingRole(writer, openCassette('build.cassette.json'));
 */
export function recordingRole(
  adapter: RoleAdapter,
  cassette: Cassette,
  { redact }: CassetteRoleOptions = {},
): RoleAdapter {
  const { role, principal, reserve } = adapter;
  return {
    role,
    principal,
    reserve,
    async perform(assignment, context) {
      const { workspace } = context;
      // Take the view before the role works, because the role changes the files.
      const view = maskedView(await assignmentView(assignment, context), redact);
      const before = workspace && (await snapshotChanged(workspace));
      const outcome = await adapter.perform(assignment, context);
      // The runner refuses an invalid outcome; recorded, it would make the whole file unreadable.
      const checked = outcomeSchema.safeParse(outcome).data;
      if (checked === undefined) return outcome;
      const files = workspace && before ? await changesSince(workspace, before) : {};
      if (redact !== undefined) refuseSecrets(files, view, redact);
      await cassette.record({
        role: view.role,
        state: view.state,
        fingerprint: assignmentFingerprint(view),
        epoch: assignment.epoch,
        assignment: view,
        outcome: redact === undefined ? checked : redactDeep(redact, checked),
        ...(principal !== undefined && { principal }),
        files,
      });
      return outcome;
    },
  };
}
