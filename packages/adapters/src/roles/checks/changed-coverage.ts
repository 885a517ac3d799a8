import type { ChangedLines } from './changed-lines.ts';
import { percentOf } from './coverage-report.ts';
import type { Uncovered } from './covered-files.ts';
import { sourceKind } from './file-kinds.ts';
import type { PlacedFile } from './placed-files.ts';

/** The coverage of the lines that a build added or changed. */
export interface ChangedCoverage {
  readonly executable: number;
  readonly covered: number;
  /** Percent, rounded down to two decimals; 100 when no changed line is executable. */
  readonly coveragePercent: number;
  readonly uncovered: readonly Uncovered[];
  /** Files with changed lines that the report does not mention, although it covers others of their kind. */
  readonly unreported: readonly string[];
}

/**
 * Measures how many of the executable lines among `changed` the tests ran. The report decides which lines are
 * executable. A file that the report does not mention, of a kind that it covers, was run by no test: each
 * changed line that is neither blank nor a comment counts as not covered.
 *
 * @throws Error when the report has only totals for a changed file.
 */
export function changedCoverage(
  changed: ChangedLines,
  files: readonly PlacedFile[],
): ChangedCoverage {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const kinds = new Set(files.map(({ path }) => sourceKind(path)));
  const uncovered: Uncovered[] = [];
  const unreported: string[] = [];
  let executable = 0;
  for (const [path, { lines, code }] of changed) {
    const file = byPath.get(path);
    if (file === undefined) {
      const kind = sourceKind(path);
      if (kind === undefined || !kinds.has(kind) || code.length === 0) continue;
      unreported.push(path);
      uncovered.push({ path, missed: code.length, lines: code });
      executable += code.length;
      continue;
    }
    if (file.hits.size === 0 && file.lines > 0) {
      throw new Error(
        `it has only totals for ${path}, and coverage of changed lines needs single lines: expected lcov, cobertura, jacoco, Go's profile or istanbul's json`,
      );
    }
    const known = lines.filter((line) => file.hits.has(line));
    const missed = known.filter((line) => file.hits.get(line) === false);
    executable += known.length;
    uncovered.push({ path, missed: missed.length, lines: missed });
  }
  const covered = executable - uncovered.reduce((sum, { missed }) => sum + missed, 0);
  return {
    executable,
    covered,
    coveragePercent: percentOf(covered, executable),
    uncovered,
    unreported,
  };
}
