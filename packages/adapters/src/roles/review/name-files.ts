/** Files named one by one; what comes after is counted. */
const NAMED = 20;

/** The first of many files, and how many more there are. */
export function nameFiles(paths: readonly string[]): string {
  const more = paths.length - NAMED;
  const named = paths.slice(0, NAMED).join(', ');
  return more > 0 ? `${named} and ${more} more` : named;
}
