import { posix } from 'node:path';
import { nameFiles } from './name-files.ts';
import type { OutcomeReview } from './outcome-review.ts';

/**
 * Holds `changedFiles` of an output against the workspace: every file that was changed in this
 * phase must be claimed, and every claimed file must differ from what the build began with (an
 * earlier attempt may have changed it) or from what the phase began with (it may have been put
 * back). Outputs without `changedFiles`, and work without a
 * workspace, pass.
 */
export const claimedFilesReview: OutcomeReview = async ({ result }, _assignment, context) => {
  const claimed = result['changedFiles'];
  if (context.workspace === undefined || !Array.isArray(claimed)) return [];
  const names = new Set(claimed.map((path) => posix.normalize(String(path))));
  const changed = new Set(await context.workspace.changedFiles('start'));
  const now = await context.workspace.changedFiles('entry');
  const touched = new Set([...changed, ...now]);
  const untouched = [...names].filter((path) => !touched.has(path));
  const unclaimed = now.filter((path) => !names.has(path));
  return [
    ...naming('changedFiles claims files that are not changed', untouched),
    ...naming('changedFiles leaves out files that were changed', unclaimed),
  ];
};

function naming(problem: string, paths: readonly string[]): string[] {
  return paths.length === 0 ? [] : [`${problem}: ${nameFiles(paths)}`];
}
