import { matchPaths } from '../../git/match-paths.ts';

/**
 * The files that commands of a build may change, such as lockfiles, formatted sources and generated
 * documents: all, none, or those that patterns in the syntax of `.gitignore` match.
 */
export type GeneratedFiles = 'accept' | 'refuse' | { readonly accept: readonly string[] };

/** Returns the paths that commands may not change. */
export async function refusedFiles(
  generated: GeneratedFiles,
  paths: readonly string[],
): Promise<readonly string[]> {
  if (paths.length === 0 || generated === 'accept') return [];
  if (generated === 'refuse') return paths;
  const accepted = new Set(await matchPaths(generated.accept, paths));
  return paths.filter((path) => !accepted.has(path));
}
