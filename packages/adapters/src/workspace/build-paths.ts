import { join } from 'node:path';
import { BatonError } from '@baton/core';

/** Where everything of one build lies. */
export interface BuildPaths {
  readonly workflowId: string;
  /** The files that the build works on. */
  readonly worktree: string;
  /** Where the private git folders come and go that snapshots of the worktree are taken through. */
  readonly shadow: string;
  /** Who holds it may take the worktree apart. */
  readonly lock: string;
  /** Records of the process groups that work in the worktree. */
  readonly groups: string;
  /** Covers the checkpoints of the build. */
  readonly ref: string;
}

/** Longer names do not fit a file system once git has added `.lock`. */
const LONGEST_ID = 200;
const ID = /^[A-Za-z0-9_-]+$/;

/**
 * The paths of a build. The id becomes a folder and a ref, hence the narrow alphabet.
 *
 * @throws BatonError `invalid_input` for an id with other characters, an empty or a very long one.
 */
export function buildPaths(batonDir: string, worktrees: string, workflowId: string): BuildPaths {
  if (!ID.test(workflowId) || workflowId.length > LONGEST_ID) {
    const found = JSON.stringify(workflowId.slice(0, LONGEST_ID));
    const description = `found ${found}, expected 1 to ${LONGEST_ID} of A-Z a-z 0-9 _ -`;
    throw new BatonError('invalid_input', `the workflow id names no workspace: ${description}`, {
      violations: [{ field: 'workflowId', description }],
    });
  }
  return {
    workflowId,
    worktree: join(worktrees, workflowId),
    shadow: join(batonDir, 'shadow', workflowId),
    lock: join(batonDir, 'shadow', workflowId, 'lock'),
    groups: join(batonDir, 'shadow', workflowId, 'groups'),
    ref: `refs/baton/${workflowId}`,
  };
}
