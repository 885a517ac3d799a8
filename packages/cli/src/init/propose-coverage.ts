const MINIMUM = 80;

/** How much of the code tests have to cover, and of which: all of it, or what a build changes. */
export interface CoverageRule {
  readonly minimum: number;
  readonly of: 'all' | 'changed lines';
}

/**
 * The rule for a repository: 80 % of all where it has that today, and of the changed lines where it
 * has less or it was not measured. A build cannot be held to what the repository never had.
 *
 * @param measured percent of today's tests.
 */
export function coverageRule(measured: number | undefined): CoverageRule {
  return { minimum: MINIMUM, of: (measured ?? 0) >= MINIMUM ? 'all' : 'changed lines' };
}
