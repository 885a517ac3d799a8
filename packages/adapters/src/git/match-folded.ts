import { matchPaths } from './match-paths.ts';

/**
 * Those of `paths` that one of `patterns` matches, as {@link matchPaths} says, or that a file system may
 * take for one that it matches: where names differ by case, by how their letters are composed, by
 * characters that no one sees, or by dots and blanks at their end alone. For patterns that forbid; those
 * that permit are to be matched exactly.
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

/** Unicode's canonical caseless matching, without the characters that it calls ignorable. */
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
