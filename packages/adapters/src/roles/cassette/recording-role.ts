import { outcomeSchema, type RoleAdapter } from '@baton/core';
import { assignmentFingerprint, assignmentView } from './assignment-fingerprint.ts';
import type { Cassette } from './cassette.ts';
import { changesSince, snapshotFiles } from './workspace-changes.ts';

/**
 * The same role, with every answer it gives recorded: its outcome and what it changed in the
 * workspace. What it throws passes through and is not recorded.
 */
export function recordingRole(adapter: RoleAdapter, cassette: Cassette): RoleAdapter {
  const { role, principal, reserve } = adapter;
  return {
    role,
    ...(principal !== undefined && { principal }),
    ...(reserve !== undefined && { reserve }),
    async perform(assignment, context) {
      const { workspace, signal } = context;
      // Before the role works: afterwards the files are others.
      const view = await assignmentView(assignment, context);
      const before = workspace && (await snapshotFiles(workspace.path, signal));
      const outcome = await adapter.perform(assignment, context);
      // The runner refuses such an answer; in a cassette it would make the whole file unreadable.
      if (!outcomeSchema.safeParse(outcome).success) return outcome;
      await cassette.record({
        role: view.role,
        state: view.state,
        fingerprint: assignmentFingerprint(view),
        epoch: assignment.epoch,
        assignment: view,
        outcome,
        files: workspace && before ? await changesSince(workspace.path, before, signal) : {},
      });
      return outcome;
    },
  };
}
