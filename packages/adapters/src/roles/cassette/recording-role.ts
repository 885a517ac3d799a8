import { BatonError, type Redact, type RoleAdapter } from '@baton/core';
import { outcomeSchema, redactDeep } from '@baton/core/internal';
import {
  type AssignmentView,
  assignmentFingerprint,
  assignmentView,
} from './assignment-fingerprint.ts';
import type { Cassette } from './cassette.ts';
import type { FileChange } from './cassette-format.ts';
import { changesSince, snapshotChanged } from './workspace-changes.ts';

/**
 * Wraps a role and records every answer: the outcome and the changes to the workspace. Errors pass through
 * and are not recorded. What the runner masks is masked in the file, too.
 *
 * Performing throws `invalid_input`, not retryable, when a changed file holds a secret.
 *
 * @example
 * import { openCassette, recordingRole } from '@baton/adapters/cassette';
 * import { createCommandRole } from '@baton/adapters/command';
 * const writer = createCommandRole({ role: 'code_writer', argv: ['./write'] });
 * const recorded = recordingRole(writer, openCassette('build.cassette.json'));
 */
export function recordingRole(adapter: RoleAdapter, cassette: Cassette): RoleAdapter {
  const { role, principal, reserve } = adapter;
  return {
    role,
    principal,
    reserve,
    async perform(assignment, context) {
      const { workspace, redact } = context;
      // Take the view before the role works, because the role changes the files.
      const view = await assignmentView(assignment, context);
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

/**
 * Refuses to record files that hold a secret: a masked file would replay as a different one.
 *
 * @throws BatonError `invalid_input` naming the files that hold a secret.
 */
function refuseSecrets(
  files: Readonly<Record<string, FileChange>>,
  { role, state }: AssignmentView,
  redact: Redact,
): void {
  const found = Object.entries(files).filter(([path, change]) =>
    [path, ...textsOf(change)].some((text) => redact(text) !== text),
  );
  if (found.length === 0) return;
  const names = found.map(([path]) => JSON.stringify(redact(path))).join(', ');
  throw new BatonError(
    'invalid_input',
    `cannot record role '${role}' in state '${state}': a secret stands in ${names}, and masked it would replay as another file; expected the role to leave secrets out of the files it writes`,
  );
}

/** Encodings to try for content that is not valid UTF-8 as a whole. */
const ENCODINGS = ['latin1', 'utf8', 'utf16le'] as const;

function textsOf(change: FileChange): readonly string[] {
  if (!('content' in change)) return [];
  const { encoding, content } = change;
  if (encoding === 'utf8') return [content];
  const bytes = Buffer.from(content, encoding);
  return ENCODINGS.map((one) => bytes.toString(one));
}
