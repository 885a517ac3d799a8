import { resolve } from 'node:path';
import { type CallerOptions, callerOf } from '../caller.ts';
import { examine } from './examine.ts';
import type { Finding } from './finding.ts';

/** What {@link diagnose} takes. */
export interface DiagnoseOptions extends CallerOptions {
  /** Root of the git repository to build on; relative to `cwd`. Default: `cwd`. */
  readonly workspace?: string | undefined;
  /** The file that says how the roles work; relative to `cwd`. Default: `baton.config.*` in the workspace. */
  readonly config?: string | undefined;
  /** Address of the server that keeps the state. Default: this machine does. */
  readonly server?: string | undefined;
  /**
   * Called with the progress of install, test and verify, which then run once on the last commit, in a
   * temporary worktree. Default: no command is run.
   */
  readonly run?: ((message: string) => void) | undefined;
  /** Ends the commands early. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Looks at everything that a build needs, as `baton doctor` does: Node, git, the repository, the state, the
 * configuration, the sandbox, programs, keys, protected paths, the remote of `workspace.remote`. Changes nothing. No secret is in what it finds.
 *
 * @returns a finding for each check; with a `problem` among them, builds cannot work.
 * @throws BatonError `cancelled` when the signal ended the commands.
 * @example
 * import { diagnose } from '@baton/builds';
 * const findings = await diagnose({ workspace: '/srv/shop' });
 * const problems = findings.filter(({ verdict }) => verdict === 'problem');
 */
export async function diagnose(options: DiagnoseOptions): Promise<readonly Finding[]> {
  const caller = callerOf(options);
  const { config, server, run, signal = new AbortController().signal } = options;
  const workspace = resolve(caller.cwd, options.workspace ?? '.');
  return examine({ workspace, config, server, run, signal }, caller);
}
