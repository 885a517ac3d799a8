/** What a coverage report says about one file. */
export interface FileCoverage {
  /** The path in the report, with `/` between folders and without a leading `./`. */
  readonly path: string;
  /** Other possible paths: the path below each source folder that the report names. */
  readonly elsewhere?: readonly string[];
  readonly lines: number;
  readonly linesHit: number;
  /** Whether each executable line was hit, by line number; empty when the report has only totals. */
  readonly hits: ReadonlyMap<number, boolean>;
}

/** How many executable lines the tests reach. */
export interface CoverageSum {
  readonly lines: number;
  readonly linesHit: number;
  /** Percent, rounded down to two decimals so that rounding cannot reach a threshold. */
  readonly percent: number;
}

/** What a coverage report says about lines. */
export interface CoverageReport extends CoverageSum {
  /** The files of the report; empty when it names none. */
  readonly files: readonly FileCoverage[];
}

/** More lines than any project has; percentages of fewer are exact. */
const MAX_LINES = 1e10;

/**
 * @param total the report's own total, where it has one.
 * @throws Error when there are no lines, implausibly many, or more hits than lines.
 */
export function coverageReport(
  files: readonly FileCoverage[],
  total: Pick<CoverageSum, 'lines' | 'linesHit'> = sumOf(files),
): CoverageReport {
  const { lines, linesHit } = total;
  if (lines === 0) throw new Error('it covers no lines');
  if (lines > MAX_LINES) throw new Error(`it covers ${lines} lines, expected ${MAX_LINES} at most`);
  if (linesHit > lines) throw new Error(`${linesHit} of ${lines} lines are hit`);
  return { lines, linesHit, percent: percentOf(linesHit, lines), files };
}

/** Adds up the lines of files. */
export function sumOf(files: readonly FileCoverage[]): Pick<CoverageSum, 'lines' | 'linesHit'> {
  return {
    lines: files.reduce((sum, file) => sum + file.lines, 0),
    linesHit: files.reduce((sum, file) => sum + file.linesHit, 0),
  };
}

/** Percent, rounded down to two decimals; 100 of no lines. */
export function percentOf(linesHit: number, lines: number): number {
  return lines === 0 ? 100 : Math.floor((linesHit * 10_000) / lines) / 100;
}
