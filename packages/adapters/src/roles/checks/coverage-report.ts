/** What a coverage report says about one file. */
export interface FileCoverage {
  /** As the report has it, with `/` between folders and without `./` in front. */
  readonly path: string;
  /** Other paths that may be meant: below each of the folders that the report names as sources. */
  readonly elsewhere?: readonly string[];
  readonly lines: number;
  readonly linesHit: number;
  /** Whether each executable line was hit, by its number; empty where the report has only sums. */
  readonly hits: ReadonlyMap<number, boolean>;
}

/** How many executable lines the tests reach. */
export interface CoverageSum {
  readonly lines: number;
  readonly linesHit: number;
  /** Percent, rounded down to two decimals: nothing is rounded up over a threshold. */
  readonly percent: number;
}

/** What a coverage report says about lines. */
export interface CoverageReport extends CoverageSum {
  /** The files that it covers; empty where it names none. */
  readonly files: readonly FileCoverage[];
}

/** More than any project has; below it, percentages are exact. */
const MAX_LINES = 1e10;

/**
 * @param total where the report has it apart from its files.
 * @throws Error when it covers no line at all, absurdly many, or more lines were hit than there are.
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

/** The lines of several files. */
export function sumOf(files: readonly FileCoverage[]): Pick<CoverageSum, 'lines' | 'linesHit'> {
  return {
    lines: files.reduce((sum, file) => sum + file.lines, 0),
    linesHit: files.reduce((sum, file) => sum + file.linesHit, 0),
  };
}

/** Rounded down to two decimals; 100 of nothing. */
export function percentOf(linesHit: number, lines: number): number {
  return lines === 0 ? 100 : Math.floor((linesHit * 10_000) / lines) / 100;
}
