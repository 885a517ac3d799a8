import { nameFiles } from './name-files.ts';
import type { OutcomeReview } from './outcome-review.ts';

/**
 * Refuses an output while files differ from the start of the phase. It is for roles that plan: their outputs
 * claim no files, so nothing would account for the changes. Work without a workspace passes.
 */
export const unchangedFilesReview: OutcomeReview = async (_outcome, { state }, { workspace }) => {
  const changed = (await workspace?.changedFiles('entry')) ?? [];
  if (changed.length === 0) return [];
  const rest = 'put them back as they were; have what tools leave behind ignored';
  return [`files were changed in '${state}', which claims none: ${nameFiles(changed)}; ${rest}`];
};
