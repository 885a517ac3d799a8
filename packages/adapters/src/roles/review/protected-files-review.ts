import type { Workspace } from '@baton/core';
import { matchFolded } from '../../git/match-folded.ts';
import { nameFiles } from './name-files.ts';
import type { OutcomeReview } from './outcome-review.ts';

/**
 * Refuses an output as long as files that `patterns` match (in the syntax of `.gitignore`) are not
 * as the build began with them: added, changed, deleted and renamed ones, whatever the output claims
 * and whichever attempt changed them; so are files whose names a file system may take for theirs.
 * Work without a workspace passes.
 */
export function protectedFilesReview(patterns: readonly string[]): OutcomeReview {
  return async (_outcome, _assignment, { workspace }) => {
    const violation = await changedProtectedFiles(patterns, workspace);
    return violation === undefined ? [] : [violation];
  };
}

/** What protected files are not as the build began with them, in a sentence; undefined: none. */
export async function changedProtectedFiles(
  patterns: readonly string[],
  workspace: Workspace | undefined,
): Promise<string | undefined> {
  if (workspace === undefined || patterns.length === 0) return undefined;
  const touched = await matchFolded(patterns, await workspace.changedFiles('start'));
  if (touched.length === 0) return undefined;
  const allowed = `no role may change ${patterns.join(', ')}: put them back as they were`;
  return `protected files are changed: ${nameFiles(touched)}; ${allowed}`;
}
