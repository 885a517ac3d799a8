import { join } from 'node:path';
import { BatonError } from '@baton/core';
import type { Places } from './places.ts';

/** Where the files of one build lie. */
export interface BuildPaths {
  readonly workflowId: string;
  /** The files that the build works on. */
  readonly worktree: string;
  /** Baton's files of the build, apart from its checkpoints; contains all the following paths. */
  readonly state: string;
  /** The git folder for roles and commands in the worktree. */
  readonly git: string;
  /** File that names the worktree, for as long as any file of it exists. */
  readonly place: string;
  /** Folder for temporary private git folders. */
  readonly scratch: string;
  /** The user's git settings from the start of the build. */
  readonly settings: string;
  /** Folder that filters run in, with the files of the starting commit that are programs. */
  readonly programs: string;
  /** An earlier index of the worktree; it saves work and is never trusted. */
  readonly index: string;
  /** Marks a complete worktree. */
  readonly mark: string;
  /** The holder of this lock may replace the worktree. */
  readonly lock: string;
  /** Records of the process groups that work in the worktree. */
  readonly groups: string;
  /** The kept preparation of a worktree for judges. */
  readonly preparation: string;
  /** The ref that keeps the checkpoints of the build. */
  readonly ref: string;
}

/** Longer names do not fit into a file system once git has added `.lock`. */
const LONGEST_ID = 200;
const ID = /^[A-Za-z0-9_-]+$/;

/** Whether a text can be the id of a build with a workspace. */
export function isWorkflowId(text: string): boolean {
  return ID.test(text) && text.length <= LONGEST_ID;
}

/**
 * The paths of a build. The id becomes the name of a folder and a ref, so few characters are permitted.
 *
 * @throws BatonError `invalid_input` for an id with other characters, and for an empty or very long one.
 */
export function buildPaths(places: Places, workflowId: string): BuildPaths {
  if (!isWorkflowId(workflowId)) {
    const found = JSON.stringify(workflowId.slice(0, LONGEST_ID));
    const description = `found ${found}, expected 1 to ${LONGEST_ID} of A-Z a-z 0-9 _ -`;
    throw new BatonError('invalid_input', `the workflow id names no workspace: ${description}`, {
      violations: [{ field: 'workflowId', description }],
    });
  }
  const state = join(places.state, 'builds', workflowId);
  return {
    workflowId,
    worktree: join(places.worktrees, workflowId),
    state,
    scratch: join(state, 'scratch'),
    settings: join(state, 'git-settings.json'),
    programs: join(state, 'programs'),
    lock: join(state, 'lock'),
    ref: `refs/baton/${workflowId}`,
    ...worktreePaths(state),
  };
}

/** No id contains a dot, so no author's worktree has this suffix. */
const JUDGE = '.checks';

/** The paths of the same build for its judges, who have a worktree of their own. */
export function judgePaths(paths: BuildPaths): BuildPaths {
  const worktree = `${paths.worktree}${JUDGE}`;
  return { ...paths, worktree, ...worktreePaths(join(paths.state, 'checks')) };
}

/** The id of the build that a worktree of this name would belong to. */
export function workflowOfWorktree(name: string): string {
  return name.endsWith(JUDGE) ? name.slice(0, -JUDGE.length) : name;
}

/** The paths that each worktree of a build has for itself. */
function worktreePaths(state: string) {
  return {
    git: join(state, 'git'),
    place: join(state, 'place'),
    index: join(state, 'index'),
    mark: join(state, 'complete'),
    groups: join(state, 'groups'),
    preparation: join(state, 'preparation'),
  };
}
