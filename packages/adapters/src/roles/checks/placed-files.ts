import { realpath } from 'node:fs/promises';
import type { Workspace } from '@baton/core';
import type { FileCoverage } from './coverage-report.ts';
import { reportPath } from './reports-folder.ts';

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

/** Finds the files of a workspace that reports name. */
export interface PlaceFile {
  /** The path in the workspace for a relative or absolute path below it. */
  inside(path: string): string | undefined;
  /** The file with exactly this path. */
  exact(path: string): string | undefined;
  /**
   * The file that a path from another place refers to: a package of the repository, a source folder, a
   * container, a Go module. One path must end with the other, and no second file may match as well.
   */
  alike(path: string): string | undefined;
}

export async function createPlaceFile(
  workspace: Pick<Workspace, 'path' | 'files'>,
): Promise<PlaceFile> {
  const files = new Set(await workspace.files());
  const roots = [workspace.path, await realpath(workspace.path)].map(
    (path) => `${reportPath(path)}/`,
  );
  const byName = Map.groupBy(files, nameOf);

  function inside(path: string): string | undefined {
    const root = roots.find((one) => path.startsWith(one));
    if (root !== undefined) return path.slice(root.length);
    return files.has(path) ? path : undefined;
  }

  return {
    inside,
    exact(path) {
      const found = inside(path);
      return found !== undefined && files.has(found) ? found : undefined;
    },
    alike(path) {
      const namesakes = byName.get(nameOf(path)) ?? [];
      const ends = namesakes.filter((file) => path.endsWith(`/${file}`));
      // `/app/src/a.ts` ends with both `src/a.ts` and `a.ts`: the longer one is meant.
      if (ends.length > 0) return ends.reduce((a, b) => (b.length > a.length ? b : a));
      const below = namesakes.filter((file) => file.endsWith(`/${path}`));
      return below.length === 1 ? below[0] : undefined;
    },
  };
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
