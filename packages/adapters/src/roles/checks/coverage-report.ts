/** What a coverage report says about lines. */
export interface CoverageReport {
  readonly lines: number;
  readonly linesHit: number;
  /** Percent, rounded down to two decimals: nothing is rounded up over a threshold. */
  readonly percent: number;
}

/** @throws Error when it covers no line at all, or more lines were hit than there are. */
export function coverageReport(lines: number, linesHit: number): CoverageReport {
  if (lines === 0) throw new Error('it covers no lines');
  if (linesHit > lines) throw new Error(`${linesHit} of ${lines} lines are hit`);
  return { lines, linesHit, percent: Math.floor((linesHit * 10_000) / lines) / 100 };
}
