import type { FileCoverage } from './coverage-report.ts';
import type { PlaceFile } from './place-file.ts';

/** A file of a report, by its path in the workspace where that is known. */
export interface PlacedFile extends Pick<FileCoverage, 'path' | 'lines' | 'linesHit' | 'hits'> {
  /** Whether the path is one of the workspace. */
  readonly isPlaced: boolean;
}

/**
 * Maps the files of a report to those of the workspace. Several spellings of one path become one file. Where
 * the report names some files exactly, others are not matched by similarity: a dependency has an `index.js`,
 * too.
 */
export function placedFiles(
  files: readonly FileCoverage[],
  { inside, exact, alike }: PlaceFile,
): readonly PlacedFile[] {
  const byPath = new Map<string, PlacedFile>();
  const others: FileCoverage[] = [];
  for (const file of files) {
    const path = first(file, exact) ?? first(file, inside);
    if (path === undefined) others.push(file);
    else byPath.set(path, merged(byPath.get(path), { ...file, path, isPlaced: true }));
  }
  // Shortest path first: of two files of one name, the deeper one is more likely another file.
  for (const file of others.sort((a, b) => a.path.length - b.path.length)) {
    const path = first(file, alike);
    const isPlaced = path !== undefined && !byPath.has(path);
    const placed = { ...file, path: isPlaced ? path : file.path, isPlaced };
    byPath.set(placed.path, merged(byPath.get(placed.path), placed));
  }
  return [...byPath.values()];
}

/** A source folder that the report names tells more than the file's path. */
function first(
  { path, elsewhere = [] }: FileCoverage,
  find: (path: string) => string | undefined,
): string | undefined {
  for (const spelling of [...elsewhere, path]) {
    const found = find(spelling);
    if (found !== undefined) return found;
  }
  return undefined;
}

function merged(known: PlacedFile | undefined, file: PlacedFile): PlacedFile {
  if (known === undefined) return file;
  const hits = new Map(known.hits);
  for (const [line, isHit] of file.hits) hits.set(line, isHit || hits.get(line) === true);
  const single = [...hits.values()];
  return {
    ...known,
    hits,
    lines: Math.max(single.length, known.lines, file.lines),
    linesHit:
      single.length > 0 ? single.filter(Boolean).length : Math.max(known.linesHit, file.linesHit),
  };
}
