import type { WorkspaceUse } from '@baton/core';
import type { Environment } from '../git/environment.ts';
import type { Git } from '../git/git.ts';
import type { Repository } from '../git/repository.ts';
import type { BuildPaths } from './build-paths.ts';
import type { CheckpointRecord, Checkpoints } from './checkpoint.ts';
import type { WithPrivateGit } from './private-git.ts';
import type { SetAside } from './set-aside.ts';
import type { SharedCheckpoints } from './shared-checkpoints.ts';
import type { Snapshot, TakeSnapshot } from './snapshot.ts';
import type { Submodules } from './submodules.ts';
import type { Worktree } from './worktree.ts';

export interface BuildContext {
  readonly git: Git;
  readonly env: Environment;
  readonly repository: Repository;
  readonly paths: BuildPaths;
  /** Who works in the worktree of `paths`. */
  readonly use: WorkspaceUse;
  /** Ignore rules in addition to those of the user's settings and of the commit. */
  readonly ignored: readonly string[];
  /** Names of ignored files and folders that a restore keeps. */
  readonly keepIgnored: readonly string[];
  /** Checkpoints of other machines; undefined: the build stays on this one. */
  readonly shared: SharedCheckpoints | undefined;
  /** Called for a worktree that was in the way and could not be removed. */
  readonly setAside: (aside: SetAside) => void;
  /** Runs the tasks of this build one at a time. */
  readonly exclusively: <T>(task: () => Promise<T>) => Promise<T>;
}

/** The tools for the files of a build. */
export interface BuildTools {
  readonly withGit: WithPrivateGit;
  readonly worktree: Worktree;
  readonly checkpoints: Checkpoints;
  readonly submodules: Submodules;
  readonly take: TakeSnapshot;
}

/** The checkpoint that a workspace was opened with, and the first one of its build. */
export interface Opened {
  readonly entry: CheckpointRecord;
  readonly base: CheckpointRecord;
  /** The files of `entry`. */
  readonly files: Snapshot;
  /** Key of the preparation for judges, if there is one. */
  readonly prepared?: string;
}
