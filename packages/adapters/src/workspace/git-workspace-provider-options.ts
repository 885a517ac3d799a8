import type { WorkspaceProvider } from '@baton/core';
import type { HandOver, HandOverRequest } from './hand-over.ts';
import type { SetAside } from './set-aside.ts';
import type { TakeMode, Taken } from './take.ts';

/** Options of `createGitWorkspaceProvider`. */
export interface GitWorkspaceProviderOptions {
  /** Root folder of the git repository that builds start from. */
  readonly repository: string;
  /**
   * Folder for the worktrees, one subfolder for each build. Default: `~/baton/<name>-<digest>`, or below
   * `BATON_HOME` where the environment has it. It must lie outside of the repository, so that the
   * repository's tools do not find the files of builds, and not below a folder with `node_modules`.
   */
  readonly directory?: string | undefined;
  /** Folder for locks and records. Default: `~/.local/state/baton/<name>-<digest>`, or below `BATON_HOME`. */
  readonly stateDirectory?: string | undefined;
  /**
   * Ignore rules in the syntax of `.gitignore`; they override the user's. The rules of a build's first
   * opening apply to the whole build. Default: none.
   */
  readonly ignored?: readonly string[] | undefined;
  /**
   * Names of ignored files and folders, at any depth, that a restore keeps. Default: dependencies and caches
   * that tools keep up to date, such as `node_modules`, `.venv`, `target`, `.gradle`. With an empty list,
   * every attempt starts clean.
   */
  readonly keepIgnored?: readonly string[] | undefined;
  /** Environment of git; variables that redirect git are left out. Default: `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /**
   * Git remote by which builds travel between machines: an absolute path, a `file:`, `http:`, `https:` or `ssh:`
   * URL without credentials, or `user@host:path`. Every published checkpoint has a ref of its own there, below
   * `refs/baton-shared/`. Default: builds stay on this machine.
   */
  readonly remote?: string | undefined;
  /** Milliseconds after which a command on the remote is ended, 1 to 2,147,483,647. Default: 600,000. */
  readonly remoteTimeoutMs?: number | undefined;
  /**
   * Called for a worktree that was in the way of a new one and could not be removed. It now lies beside the
   * new one; `pruneBuilds` removes it once that is permitted. Default: not reported.
   */
  readonly onSetAside?: ((aside: SetAside) => void) | undefined;
  /** Milliseconds to wait for a lock that git or another opening holds. Default: 10,000. */
  readonly lockWaitMs?: number | undefined;
}

/** Opens the worktrees of builds, and hands their work over. */
export interface GitWorkspaceProvider extends WorkspaceProvider {
  /**
   * Creates a branch in the repository from the work of a build: one commit on the starting commit, with
   * exactly the build's changes. Repeated calls return the same result.
   *
   * With a remote, it gets a checkpoint of another machine from there first.
   *
   * @throws BatonError `data_loss` when the checkpoint does not exist, `unavailable` when the remote lacks it, `already_exists` when the branch holds
   * something else, `invalid_input` when git does not accept the name or cannot sign.
   * @example
   * import { createGitWorkspaceProvider } from '@baton/adapters/workspace';
   * const workspaces = createGitWorkspaceProvider({ repository: '/home/ada/shop' });
   * const workspace = await workspaces.open('wf_1', undefined);
   * const { branch } = await workspaces.handOver({
   *   workflowId: 'wf_1',
   *   checkpoint: await workspace.checkpoint('deployment'),
   *   branch: 'baton/dark-mode',
   *   message: 'Add a dark mode',
   *   at: Date.now(),
   * });
   */
  handOver(request: HandOverRequest): Promise<HandOver>;
  /**
   * Delivers the work of a build: on its branch, rebased if `HEAD` has moved; into the user's index and
   * files, to be committed; or as a patch. It runs no hooks, and only filters and merge drivers that the
   * user's settings had before the build.
   *
   * @throws BatonError as `handOver`, and `invalid_input` when changes of the user are in the way.
   */
  take(request: HandOverRequest, mode: TakeMode): Promise<Taken>;
  /**
   * Removes the worktree of a build with all its files. Its checkpoints stay under `refs/baton/<workflowId>`;
   * opening the build again restores the files.
   *
   * @throws BatonError `invalid_input` for a malformed id or an unusable repository.
   */
  remove(workflowId: string): Promise<void>;
}
