import type { WorkspaceUse } from '@baton/core';
import type { Environment } from '../git/environment.ts';
import type { Git } from '../git/git.ts';
import type { Repository } from '../git/repository.ts';
import type { BuildPaths } from './build-paths.ts';
import type { CheckpointRecord, Checkpoints } from './checkpoint.ts';
import type { WithPrivateGit } from './private-git.ts';
import type { SetAside } from './set-aside.ts';
import type { Snapshot, TakeSnapshot } from './snapshot.ts';
import type { Submodules } from './submodules.ts';
import type { Worktree } from './worktree.ts';

export interface BuildContext {
  readonly git: Git;
  readonly env: Environment;
  readonly repository: Repository;
  readonly paths: BuildPaths;
  /** Who works in the worktree that `paths` lead to. */
  readonly use: WorkspaceUse;
  /** Rules of what to ignore, beside those that the user's settings and the commit have. */
  readonly ignored: readonly string[];
  /** Names of ignored files and folders that a restore leaves. */
  readonly keepIgnored: readonly string[];
  /** Hears of a worktree that was in the way and could not be removed. */
  readonly setAside: (aside: SetAside) => void;
  /** Runs one task on this build at a time. */
  readonly exclusively: <T>(task: () => Promise<T>) => Promise<T>;
}

/** What works on the files of a build. */
export interface BuildTools {
  readonly withGit: WithPrivateGit;
  readonly worktree: Worktree;
  readonly checkpoints: Checkpoints;
  readonly submodules: Submodules;
  readonly take: TakeSnapshot;
}

/** The checkpoint that a workspace is opened with, and the first one of its build. */
export interface Opened {
  readonly entry: CheckpointRecord;
  readonly base: CheckpointRecord;
  /** The files of `entry`. */
  readonly files: Snapshot;
  /** By what they were prepared for judges, if they were. */
  readonly prepared?: string;
}
