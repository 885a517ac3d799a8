import { basename } from 'node:path/posix';
import { matchPaths } from '../../git/match-paths.ts';
import type { PlacedFile } from './placed-files.ts';
import { TEST_FILES } from './test-files.ts';

/**
 * Paths of files that count for no coverage: those that the test report names, that have the usual
 * name of a test, or that one of the patterns matches.
 *
 * @param named by the test report, as paths of the workspace.
 * @param exclude patterns in the syntax of `.gitignore`.
 */
export async function leftOut(
  files: readonly Pick<PlacedFile, 'path' | 'isPlaced'>[],
  named: ReadonlySet<string>,
  exclude: readonly string[],
): Promise<ReadonlySet<string>> {
  const usual = await matching(TEST_FILES, files, ({ path, isPlaced }) =>
    // Folders outside of the workspace say nothing of its files.
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

/** Undefined for a path that begins at a root or leads out. */
function relative(path: string): string | undefined {
  return /^(\/|[a-z]:|\.\.(\/|$))/i.test(path) ? undefined : path;
}
