import { matchPaths } from './match-paths.ts';

/**
 * Returns the `paths` that match one of `patterns`, as {@link matchPaths} does, and also those that a file
 * system may treat as a match: names that differ only in case, in Unicode composition, in invisible
 * characters, or in dots and blanks at the end. Use it for patterns that forbid; match patterns that permit
 * exactly.
 *
 * @throws BatonError as `matchPaths`.
 * @example
 * import { matchFolded } from '@baton/adapters/review';
 * await matchFolded(['test/'], ['Test/a.js', 'src/a.js']); // ['Test/a.js']
 */
export async function matchFolded(
  patterns: readonly string[],
  paths: readonly string[],
): Promise<readonly string[]> {
  const exact = new Set(await matchPaths(patterns, paths));
  const folded = new Map(paths.map((path) => [path, foldedPath(path)]));
  const alike = new Set(await matchPaths(patterns.map(fold), [...new Set(folded.values())]));
  return paths.filter((path) => exact.has(path) || alike.has(folded.get(path) ?? ''));
}

/** Unicode's canonical caseless matching, without ignorable characters. */
function fold(text: string): string {
  return text
    .normalize('NFD')
    .replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '')
    .toUpperCase()
    .toLowerCase()
    .replaceAll('ς', 'σ')
    .normalize('NFC');
}

/** Windows drops dots and blanks at the end of names. */
function foldedPath(path: string): string {
  const segments = fold(path).split('/');
  return segments.map((segment) => segment.replace(/[. ]+$/, '') || '_').join('/');
}
