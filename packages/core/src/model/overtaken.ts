/** Refusals that say that another worker was faster, or that the workflow has moved: there is nothing to do. */
export const OVERTAKEN: ReadonlySet<string> = new Set([
  'wrong_state',
  'stale_claim',
  'stale_epoch',
  'stale_revision',
  'not_found',
]);
