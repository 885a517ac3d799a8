import { posix } from 'node:path';
import { nameFiles } from './name-files.ts';
import type { OutcomeReview } from './outcome-review.ts';

/**
 * Compares `changedFiles` of an output with the workspace. The output must claim every file that changed in
 * this phase. Every claimed file must differ from the start of the build (an earlier attempt may have changed
 * it) or from the start of the phase (it may have been put back). Outputs without `changedFiles`, and work
 * without a workspace, pass.
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
