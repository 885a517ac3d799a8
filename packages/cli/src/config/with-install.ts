import type { CheckCommand } from '@baton/adapters/checks';
import { type CommandResult, runCommand } from '@baton/adapters/command';
import type { Outcome, RoleAdapter } from '@baton/core';

/**
 * The same role, for which `install` is run first: a worktree has nothing but what is committed.
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
      const { workspace, signal, progress, redact } = context;
      if (workspace === undefined) return adapter.perform(assignment, context);
      progress(`installing: ${argv.join(' ')}`);
      const cwd = workspace.path;
      const result = await runCommand({ argv, cwd, env, passEnv, timeoutMs, signal, redact });
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
