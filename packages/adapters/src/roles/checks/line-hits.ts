import type { FileCoverage } from './coverage-report.ts';
import { reportPath } from './reports-folder.ts';

interface Lines {
  readonly hits: Map<number, boolean>;
  found: number;
  hit: number;
  elsewhere?: readonly string[];
}

/** More single lines than any project has, and as many as fit into memory. */
const MAX_LINES = 5_000_000;

/** Collects the lines of files while a report is read; each line of a file counts once. */
export interface LineHits {
  /**
   * Adds a line. It counts as hit when any entry for it was hit.
   *
   * @throws Error when there are implausibly many lines.
   */
  add(path: string, line: number, isHit: boolean): void;
  /** Adds the totals of a file without single lines. Of several totals, the best counts. */
  sum(path: string, found: number, hit: number): void;
  /** Sets the source folders that files may lie below. */
  within(sources: readonly string[]): void;
  files(): readonly FileCoverage[];
}

export function createLineHits(): LineHits {
  const files = new Map<string, Lines>();
  let added = 0;

  function linesOf(path: string): Lines {
    const name = reportPath(path);
    const known = files.get(name) ?? { hits: new Map(), found: 0, hit: 0 };
    files.set(name, known);
    return known;
  }

  return {
    add(path, line, isHit) {
      const { hits } = linesOf(path);
      if (!hits.has(line)) added += 1;
      if (added > MAX_LINES) throw new Error(`it has more than ${MAX_LINES} lines`);
      hits.set(line, isHit || hits.get(line) === true);
    },
    sum(path, found, hit) {
      const known = linesOf(path);
      known.found = Math.max(known.found, found);
      known.hit = Math.max(known.hit, hit);
    },
    within(sources) {
      const folders = [...new Set(sources.map(reportPath))].filter((one) => one !== '');
      for (const [path, known] of files) {
        known.elsewhere = folders.map((folder) => reportPath(`${folder}/${path}`));
      }
    },
    files: () => [...files].map(([path, lines]) => toFile(path, lines)),
  };
}

function toFile(path: string, { hits, found, hit, elsewhere = [] }: Lines): FileCoverage {
  const single = [...hits.values()];
  return {
    path,
    ...(elsewhere.length > 0 && { elsewhere }),
    // Lines that are counted but not listed have no known hit.
    lines: Math.max(single.length, found),
    linesHit: single.length > 0 ? single.filter(Boolean).length : hit,
    hits,
  };
}
