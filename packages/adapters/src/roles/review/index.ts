export { matchFolded, matchPaths } from '../../git/match-paths.ts';
export type { AdvanceOutcome, OutcomeReview } from './outcome-review.ts';
export { nameFiles } from './outcome-review.ts';
export { type ReviewedOptions, reviewed } from './reviewed.ts';
export {
  changedProtectedFiles,
  claimedFilesReview,
  outwardLinksReview,
  protectedFilesReview,
  unchangedFilesReview,
} from './reviews.ts';
