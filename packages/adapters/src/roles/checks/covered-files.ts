import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { basename } from 'node:path/posix';
import type { Workspace } from '@baton/core';
import { matchPaths } from '../../git/match-paths.ts';
import { firstOf } from '../../process/excerpt.ts';
import { nameFiles } from '../review/outcome-review.ts';
import type { CoverageReport } from './coverage-report.ts';
import { TEST_FILES } from './file-kinds.ts';
import type { PlacedFile } from './placed-files.ts';
import type { Reading } from './read-report.ts';

/** Folders of other projects' files, too large to search. */
const FOREIGN: ReadonlySet<string> = new Set(['.git', 'node_modules']);

/**
 * Refuses a coverage report of another project: none of the file names in it exists in the workspace. Folders
 * are not compared, because tools write paths relative to many places: a package of the repository, a source
 * folder, a container, a Go module. A report without file names passes (totals only, or classes, as in
 * JaCoCo), and so does work without a workspace.
 */
export async function heldToWorkspace(
  coverage: Reading<CoverageReport>,
  workspace: Workspace | undefined,
): Promise<Reading<CoverageReport>> {
  if (coverage.kind === 'none' || workspace === undefined) return coverage;
  const files = coverage.report.files.map(({ path }) => path).filter(Boolean);
  const names = new Set(files.map((path) => path.slice(path.lastIndexOf('/') + 1)));
  if (files.length === 0 || !files.every(isPath)) return coverage;
  if (await hasOneOf(workspace.path, names)) return coverage;
  const problem = `it covers other files than the workspace has: ${nameFiles(files)}`;
  return { kind: 'none', problem };
}

/** Whether a name is a path, not the name of a class such as `com.example.App` or `App.Inner`. */
function isPath(name: string): boolean {
  return /\/|\.[a-z][a-z0-9]*$/.test(name);
}

/** Searches breadth-first and stops at the first match. */
async function hasOneOf(root: string, names: ReadonlySet<string>): Promise<boolean> {
  let folders = [root];
  while (folders.length > 0) {
    const below: string[] = [];
    for (const folder of folders) {
      // An ignored folder may be unreadable, such as a database's: no check covers its files.
      for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
        if (!entry.isDirectory()) {
          if (names.has(entry.name)) return true;
        } else if (!FOREIGN.has(entry.name)) below.push(join(folder, entry.name));
      }
    }
    folders = below;
  }
  return false;
}

/**
 * Paths of files that do not count for coverage: those that the test report names, those with the usual name
 * of a test, and those that a pattern matches.
 *
 * @param named paths in the workspace that the test report names.
 * @param exclude patterns in the syntax of `.gitignore`.
 */
export async function leftOut(
  files: readonly Pick<PlacedFile, 'path' | 'isPlaced'>[],
  named: ReadonlySet<string>,
  exclude: readonly string[],
): Promise<ReadonlySet<string>> {
  const usual = await matching(TEST_FILES, files, ({ path, isPlaced }) =>
    // Folders outside of the workspace tell nothing about a file.
    isPlaced ? path : basename(path),
  );
  const excluded = await matching(exclude, files, ({ path }) => relative(path) ?? basename(path));
  const paths = files.map(({ path }) => path);
  return new Set(paths.filter((path) => named.has(path) || usual.has(path) || excluded.has(path)));
}

async function matching<File extends Pick<PlacedFile, 'path'>>(
  patterns: readonly string[],
  files: readonly File[],
  nameOf: (file: File) => string,
): Promise<ReadonlySet<string>> {
  const named = files
    .map((file) => ({ path: file.path, name: nameOf(file) }))
    .filter(({ name }) => name !== '');
  const matched = new Set(await matchPaths(patterns, [...new Set(named.map(({ name }) => name))]));
  return new Set(named.filter(({ name }) => matched.has(name)).map(({ path }) => path));
}

/** Undefined for an absolute path and for one that leads out. */
function relative(path: string): string | undefined {
  return /^(\/|[a-z]:|\.\.(\/|$))/i.test(path) ? undefined : path;
}

/** The executable lines of a file that no test runs. */
export interface Uncovered {
  readonly path: string;
  /** Number of lines. */
  readonly missed: number;
  /** Line numbers, sorted; empty when the report has only totals. */
  readonly lines: readonly number[];
}

const NAMED_FILES = 10;
const NAMED_RANGES = 8;
const PATH_CHARACTERS = 200;

/** Names the files and lines that are not covered, the worst first, and counts the rest. */
export function nameUncovered(files: readonly Uncovered[]): string {
  const missing = files
    .filter(({ missed }) => missed > 0)
    .sort((a, b) => b.missed - a.missed || (a.path < b.path ? -1 : 1));
  const named = missing.slice(0, NAMED_FILES).map(nameOne);
  const more = missing.length - named.length;
  return [...named, ...(more > 0 ? [`and ${more} more files`] : [])].join('; ');
}

function nameOne({ path, missed, lines }: Uncovered): string {
  const file = firstOf(path, PATH_CHARACTERS);
  if (lines.length === 0) return `${file} (${missed} ${missed === 1 ? 'line' : 'lines'})`;
  const ranges = rangesOf(lines);
  const more = ranges.length - NAMED_RANGES;
  const named = ranges.slice(0, NAMED_RANGES).join(', ');
  return `${file} (${missed === 1 ? 'line' : 'lines'} ${named}${more > 0 ? ` and ${more} more places` : ''})`;
}

/** `1, 3-5` for 1, 3, 4, 5. */
function rangesOf(lines: readonly number[]): string[] {
  const ranges: { from: number; to: number }[] = [];
  for (const line of lines) {
    const last = ranges.at(-1);
    if (last?.to === line - 1) last.to = line;
    else ranges.push({ from: line, to: line });
  }
  return ranges.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`));
}
