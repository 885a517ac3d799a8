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
  /** Adds the lines from `first` to `last`. They count as hit when any entry for them was hit. */
  addAll(path: string, first: number, last: number, isHit: boolean): void;
  /** Adds the totals of a file without single lines. Of several totals, the best counts. */
  sum(path: string, found: number, hit: number): void;
  /** Sets the source folders that files may lie below. */
  within(sources: readonly string[]): void;
  files(): readonly FileCoverage[];
}

/** @param most lines of all files together. */
export function createLineHits(most = MAX_LINES): LineHits {
  const files = new Map<string, Lines>();
  let added = 0;

  function linesOf(path: string): Lines {
    const name = reportPath(path);
    const known = files.get(name) ?? { hits: new Map(), found: 0, hit: 0 };
    files.set(name, known);
    return known;
  }

  function addAll(path: string, first: number, last: number, isHit: boolean): void {
    const { hits } = linesOf(path);
    // Nothing is spent on lines that are too many by themselves.
    if (last - first >= most) throw tooMany(most);
    for (let line = first; line <= last; line++) {
      if (!hits.has(line)) added += 1;
      if (added > most) throw tooMany(most);
      hits.set(line, isHit || hits.get(line) === true);
    }
  }

  return {
    add: (path, line, isHit) => addAll(path, line, line, isHit),
    addAll,
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

function tooMany(most: number): Error {
  return new Error(`it has more than ${most} lines`);
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
