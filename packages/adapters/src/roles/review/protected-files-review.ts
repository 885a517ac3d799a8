import type { Workspace } from '@baton/core';
import { matchFolded } from '../../git/match-folded.ts';
import { nameFiles } from './name-files.ts';
import type { OutcomeReview } from './outcome-review.ts';

/**
 * Refuses an output while protected files differ from the start of the build. `patterns` use the syntax of
 * `.gitignore`. Added, changed, deleted and renamed files count, whatever the output claims and whichever
 * attempt changed them; so do names that a file system may treat as equal to a protected one. Work without a
 * workspace passes.
 */
export function protectedFilesReview(patterns: readonly string[]): OutcomeReview {
  return async (_outcome, _assignment, { workspace }) => {
    const violation = await changedProtectedFiles(patterns, workspace);
    return violation === undefined ? [] : [violation];
  };
}

/**
 * Names the protected files that differ from the start of the build, in a sentence; undefined when none does.
 */
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
