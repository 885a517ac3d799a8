import type { WorkspaceProvider } from '@baton/core';

export interface GitWorkspaceProviderOptions {
  /** Root folder of the git repository that builds start from. */
  readonly repository: string;
  /**
   * Folder for the worktrees, one subfolder a build. Default: `~/baton/<name>-<digest>`, or below
   * `BATON_HOME` where the environment has it. It lies outside of the repository, whose tools would
   * find the files of builds otherwise, and with no `node_modules` above.
   */
  readonly directory?: string | undefined;
  /** Folder for locks and records. Default: `~/.local/state/baton/<name>-<digest>`, or as above. */
  readonly stateDirectory?: string | undefined;
  /**
   * Rules of what to ignore, in the syntax of `.gitignore`; they outrank the user's others. Those that
   * a build is first opened with hold for all of it. Default: none.
   */
  readonly ignored?: readonly string[] | undefined;
  /**
   * Names of ignored files and folders, at any depth, that stay when a restore takes back the work of
   * an attempt. Default: those of dependencies and of caches that their tools keep up to date, such
   * as `node_modules`, `.venv`, `target`, `.gradle`. An empty list gives every attempt a clean start.
   */
  readonly keepIgnored?: readonly string[] | undefined;
  /** Environment of git; default `process.env`. Variables that redirect git are left out. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Milliseconds to wait for a lock that git or another opening holds. Default: 10,000. */
  readonly lockWaitMs?: number | undefined;
}

export interface GitWorkspaceProvider extends WorkspaceProvider {
  /**
   * Removes the worktree of a build with all its files. Its checkpoints stay under
   * `refs/baton/<workflowId>`, and opening it again brings the files back.
   *
   * @throws BatonError `invalid_input` for a malformed id or an unusable repository.
   */
  remove(workflowId: string): Promise<void>;
}
