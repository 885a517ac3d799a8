/** What a coverage report says about lines. */
export interface CoverageReport {
  readonly lines: number;
  readonly linesHit: number;
  /** Percent, rounded down to two decimals: nothing is rounded up over a threshold. */
  readonly percent: number;
  /** Paths of the files that it covers, as the report has them; empty where it names none. */
  readonly files: readonly string[];
}

/** More than any project has; below it, percentages are exact. */
const MAX_LINES = 1e10;

/**
 * @throws Error when it covers no line at all, absurdly many, or more lines were hit than there are.
 */
export function coverageReport(
  lines: number,
  linesHit: number,
  files: readonly string[],
): CoverageReport {
  if (lines === 0) throw new Error('it covers no lines');
  if (lines > MAX_LINES) throw new Error(`it covers ${lines} lines, expected ${MAX_LINES} at most`);
  if (linesHit > lines) throw new Error(`${linesHit} of ${lines} lines are hit`);
  return { lines, linesHit, percent: Math.floor((linesHit * 10_000) / lines) / 100, files };
}
