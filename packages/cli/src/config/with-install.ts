import type { CheckCommand } from '@baton/adapters/checks';
import { type CommandResult, runCommand } from '@baton/adapters/command';
import { nameFiles } from '@baton/adapters/review';
import type { Outcome, RoleAdapter } from '@baton/core';

/**
 * The same role, for which `install` is run first: a worktree has nothing but what is committed. What
 * it changes is noted as `install_changed_files`, for nobody claims that.
 *
 * @param failed what becomes of it when that goes wrong; undefined: the role works all the same.
 */
export function withInstall(
  adapter: RoleAdapter,
  { argv, env, passEnv, timeoutMs }: CheckCommand,
  failed: (reason: string, details: string) => Outcome | undefined,
): RoleAdapter {
  return {
    ...adapter,
    async perform(assignment, context) {
      const { workspace, signal, progress, note, redact } = context;
      if (workspace === undefined) return adapter.perform(assignment, context);
      progress(`installing: ${argv.join(' ')}`);
      const cwd = workspace.path;
      const result = await runCommand({ argv, cwd, env, passEnv, timeoutMs, signal, redact });
      const changed = await workspace.changedFiles('entry');
      if (changed.length > 0) {
        const message = `the command that installs changed files: ${nameFiles(changed)}`;
        note({ code: 'install_changed_files', message });
      }
      if (result.exitCode === 0) return adapter.perform(assignment, context);
      const reason = `the command that installs ${ending(result)}`;
      progress(reason);
      const outcome = failed(reason, `${result.stdout}\n${result.stderr}`.trim());
      return outcome ?? adapter.perform(assignment, context);
    },
  };
}

function ending({ timedOut, exitCode }: CommandResult): string {
  return timedOut ? 'did not end in time' : `ended with exit code ${exitCode}`;
}
