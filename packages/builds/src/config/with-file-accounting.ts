import { changedProtectedFiles, nameFiles } from '@baton/adapters/review';
import type { Assignment, Outcome, RoleAdapter, RoleContext } from '@baton/core';
import type { Config } from './load-config.ts';

/** Roles that judge files of other roles. */
const JUDGES: ReadonlySet<string> = new Set([
  'test_auditor',
  'verification_overseer',
  'release_manager',
]);

/**
 * Lets a role pass no changed protected file, and no other changed file unnamed. A role, a command or a
 * process that a command left behind may have changed it.
 *
 * - A judge does not begin while protected files differ from those at the start of the build. The work
 *   goes back to `implementation`, because after a deployment it is too late.
 * - Protected files that change while a role works fail the build. Changes by commands and authors are
 *   refused by name elsewhere, so another process made these, and a person has to look.
 * - Work that is sent back keeps its files. The next claim does not name them, so they are noted as
 *   `files_sent_back`.
 */
export function withFileAccounting(
  adapter: RoleAdapter,
  { workspace: rules }: Pick<Config, 'workspace'>,
): RoleAdapter {
  return {
    ...adapter,
    async perform(assignment, context) {
      const { workspace } = context;
      const violation = () => changedProtectedFiles(rules.protected, workspace);
      const before = JUDGES.has(adapter.role) ? await violation() : undefined;
      const outcome =
        before === undefined ? await adapter.perform(assignment, context) : sentBack(before);
      if (outcome.kind === 'request_retry') await noteFilesSentBack(assignment, context);
      if (outcome.kind !== 'advance') return outcome;
      const after = await violation();
      if (after === undefined) return outcome;
      return { kind: 'fail', reason: `since the role began its work, ${after}` };
    },
  };
}

function sentBack(violation: string): Outcome {
  const reason = `${violation}, and keep commands from changing them, such as the one that installs`;
  return { kind: 'request_retry', reason, targetState: 'implementation' };
}

async function noteFilesSentBack(
  { state }: Assignment,
  { workspace, note }: RoleContext,
): Promise<void> {
  const changed = (await workspace?.changedFiles('entry')) ?? [];
  if (changed.length === 0) return;
  const message = `the work goes back with files that were changed in '${state}': ${nameFiles(changed)}`;
  note({ code: 'files_sent_back', message });
}
