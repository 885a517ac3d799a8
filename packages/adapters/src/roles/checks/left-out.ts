import { basename } from 'node:path/posix';
import { matchPaths } from '../../git/match-paths.ts';
import type { PlacedFile } from './placed-files.ts';
import { TEST_FILES } from './test-files.ts';

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
