import { changedProtectedFiles, nameFiles } from '@baton/adapters/review';
import type { Assignment, Outcome, RoleAdapter, RoleContext } from '@baton/core';
import type { Config } from './load-config.ts';

/** Whose verdicts are about files that others have written. */
const JUDGES: ReadonlySet<string> = new Set([
  'test_auditor',
  'verification_overseer',
  'release_manager',
]);

/**
 * The same role, by which no protected file passes changed and no other one unnamed, whoever changed
 * it: a command that was run, or a process that one has left behind.
 *
 * - A judge does not begin while protected files differ from how the build began: the work goes back
 *   to `implementation`. After a deployment it would be too late.
 * - Protected files that change while a role works fail the build: what commands and authors change
 *   is refused by name, so this was neither, and a person has to look.
 * - Work that is sent back keeps its files, which the next claim does not speak of, so they are
 *   noted as `files_sent_back`.
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
