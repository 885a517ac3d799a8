import { join } from 'node:path';
import { BatonError } from '@baton/core';
import type { Places } from './places.ts';

/** Where everything of one build lies. */
export interface BuildPaths {
  readonly workflowId: string;
  /** The files that the build works on. */
  readonly worktree: string;
  /** What Baton keeps of the build beside its checkpoints; all that follows lies in it. */
  readonly state: string;
  /** The git folder that roles and commands work with in the worktree. */
  readonly git: string;
  /** Says where the worktree is, for as long as there is anything of it. */
  readonly place: string;
  /** Where private git folders come and go. */
  readonly scratch: string;
  /** The user's git settings as they were when the build began. */
  readonly settings: string;
  /** Where filters run: the files of the commit that the build began at, for programs among them. */
  readonly programs: string;
  /** An index that was true of the worktree once; it saves work and is never trusted. */
  readonly index: string;
  /** Says that the worktree is complete. */
  readonly mark: string;
  /** The process that holds it may take the worktree apart. */
  readonly lock: string;
  /** Records of the process groups that work in the worktree. */
  readonly groups: string;
  /** What was kept as the preparation of a worktree for judges. */
  readonly preparation: string;
  /** Covers the checkpoints of the build. */
  readonly ref: string;
}

/** Longer names do not fit a file system once git has added `.lock`. */
const LONGEST_ID = 200;
const ID = /^[A-Za-z0-9_-]+$/;

/** Whether the text can be the id of a build with a workspace. */
export function isWorkflowId(text: string): boolean {
  return ID.test(text) && text.length <= LONGEST_ID;
}

/**
 * The paths of a build. The id becomes a folder and a ref, hence the narrow alphabet.
 *
 * @throws BatonError `invalid_input` for an id with other characters, an empty or a very long one.
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

/** No id has a dot, so this ends the name of no author's worktree. */
const JUDGE = '.checks';

/** The same build, with the worktree that those who judge it work in. */
export function judgePaths(paths: BuildPaths): BuildPaths {
  const worktree = `${paths.worktree}${JUDGE}`;
  return { ...paths, worktree, ...worktreePaths(join(paths.state, 'checks')) };
}

/** The build that a worktree of this name may be of. */
export function workflowOfWorktree(name: string): string {
  return name.endsWith(JUDGE) ? name.slice(0, -JUDGE.length) : name;
}

/** What each worktree of a build has of its own. */
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
