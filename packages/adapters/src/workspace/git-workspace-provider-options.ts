import type { WorkspaceProvider } from '@baton/core';
import type { HandOver, HandOverRequest } from './hand-over.ts';
import type { SetAside } from './set-aside.ts';
import type { TakeMode, Taken } from './take.ts';

/** Options of `createGitWorkspaceProvider`. */
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
  /**
   * Hears of a worktree that was in the way of a new one and could not be removed: it lies beside the new
   * one now, and `pruneBuilds` removes it once that is permitted. Default: nobody hears of it.
   */
  readonly onSetAside?: ((aside: SetAside) => void) | undefined;
  /** Milliseconds to wait for a lock that git or another opening holds. Default: 10,000. */
  readonly lockWaitMs?: number | undefined;
}

/** Opens the worktrees of builds, and hands their work over. */
export interface GitWorkspaceProvider extends WorkspaceProvider {
  /**
   * Makes a branch of the repository from the work of a build: one commit on the commit that the build
   * began at, with exactly what it changed. Answers the same when asked again.
   *
   * @throws BatonError `data_loss` when there is no such checkpoint, `already_exists` when the branch is
   * something else, `invalid_input` when git makes no branch of this name or cannot sign.
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
   * Puts the work of a build where the user wants it: on its branch, rebased where `HEAD` has moved on;
   * into index and files, to be committed; or out as a patch. No hook runs, and no filter or merge driver
   * but those that stood in the user's settings before the build.
   *
   * @throws BatonError as `handOver`, and `invalid_input` when changes of the user are in the way.
   */
  take(request: HandOverRequest, mode: TakeMode): Promise<Taken>;
  /**
   * Removes the worktree of a build with all its files. Its checkpoints stay under
   * `refs/baton/<workflowId>`, and opening it again brings the files back.
   *
   * @throws BatonError `invalid_input` for a malformed id or an unusable repository.
   */
  remove(workflowId: string): Promise<void>;
}
