const MINIMUM = 80;

/** The required line coverage, of all lines or of the lines that a build changes. */
export interface CoverageRule {
  readonly minimum: number;
  readonly of: 'all' | 'changed lines';
}

/** What a rule asks of builds, and why. */
export function coverageLine({ minimum, of }: CoverageRule, measured: number | undefined): string {
  if (measured === undefined) {
    return `tests cover ${minimum} % of the lines that a build changes; where they cover as much of all lines today, write "of": "all" (baton init --run measures it)`;
  }
  const today = `tests cover ${measured} % of all lines today`;
  return of === 'all'
    ? `${today}: after a build it must be ${minimum} % of all lines`
    : `${today}, less than ${minimum} %: after a build it must be ${minimum} % of the lines that it changes`;
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
