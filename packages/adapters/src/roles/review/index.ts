export { matchFolded } from '../../git/match-folded.ts';
export { matchPaths } from '../../git/match-paths.ts';
export { claimedFilesReview } from './claimed-files-review.ts';
export { nameFiles } from './name-files.ts';
export type { AdvanceOutcome, OutcomeReview } from './outcome-review.ts';
export { outwardLinksReview } from './outward-links-review.ts';
export { changedProtectedFiles, protectedFilesReview } from './protected-files-review.ts';
export { type ReviewedOptions, reviewed } from './reviewed.ts';
export { unchangedFilesReview } from './unchanged-files-review.ts';
