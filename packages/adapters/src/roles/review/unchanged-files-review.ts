import { nameFiles } from './name-files.ts';
import type { OutcomeReview } from './outcome-review.ts';

/**
 * Refuses an output as long as files are not as the phase began with them: for roles that plan,
 * whose outputs claim no files, so that nothing would ever say whose those are. Work without a
 * workspace passes.
 */
export const unchangedFilesReview: OutcomeReview = async (_outcome, { state }, { workspace }) => {
  const changed = (await workspace?.changedFiles('entry')) ?? [];
  if (changed.length === 0) return [];
  const rest = 'put them back as they were; have what tools leave behind ignored';
  return [`files were changed in '${state}', which claims none: ${nameFiles(changed)}; ${rest}`];
};
