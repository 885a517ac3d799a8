/** Files to name; the rest is counted. */
const NAMED = 20;

/** Names the first files of a list and counts the rest. */
export function nameFiles(paths: readonly string[]): string {
  const more = paths.length - NAMED;
  const named = paths.slice(0, NAMED).join(', ');
  return more > 0 ? `${named} and ${more} more` : named;
}
