import type { RoleContext, WorkspaceFiles } from '@baton/core';
import { matchFolded, matchPaths } from '../../git/match-paths.ts';
import {
  CI_FILES,
  CONFIGURATION_FILES,
  DEPENDENCY_FILES,
  TEST_FILES,
  TEST_SUPPORT,
} from './file-kinds.ts';

/** Code of the note. */
export const OUTSIDE_SOURCES = 'changed_outside_sources';

/** Folders that hold sources in most repositories, at any depth. */
const USUAL_SOURCES: readonly string[] = ['src/', 'lib/', 'app/', 'cmd/', 'internal/', 'pkg/'];

/** Kinds in the order of the note. Files of no kind come last. */
const KINDS: readonly (readonly [kind: string, patterns: readonly string[]])[] = [
  ['tests', [...TEST_FILES, ...TEST_SUPPORT]],
  ['CI', CI_FILES],
  ['dependencies', DEPENDENCY_FILES],
  ['configuration', CONFIGURATION_FILES],
];
const OTHER = 'other';

/** Files of a kind to name; the rest is counted. */
const NAMED = 3;

/**
 * Notes once, at the end of a build, which files it changed outside of the source folders, grouped by kind:
 * tests, CI, dependencies, configuration and others. It is no objection, but the user should look at these
 * changes before taking the work: they can decide what a passed run means. Tests count as outside wherever
 * they lie.
 *
 * @param sources patterns of the source folders, in the syntax of `.gitignore`. Default: the usual ones;
 * where the repository has none of them, only files of a known kind are named.
 */
export async function noteOutsideSources(
  { files, note }: Pick<RoleContext, 'note'> & { readonly files: WorkspaceFiles | undefined },
  sources: readonly string[] | undefined,
): Promise<void> {
  if (files === undefined) return;
  const changed = await files.changedFiles('start');
  if (changed.length === 0) return;
  const known = sources ?? (await usualSources(files, changed));
  const tests = new Set(await matchFolded(TEST_FILES, changed));
  const inside = new Set(await matchPaths(known, changed));
  const outside = changed.filter((path) => tests.has(path) || !inside.has(path));
  const groups = (await byKind(outside)).filter(([kind]) => kind !== OTHER || known.length > 0);
  const message = groups.map(([kind, paths]) => `${kind}: ${named(paths)}`).join('; ');
  if (message === '') return;
  const where = known.length > 0 ? `outside of ${known.join(', ')}` : 'outside of its sources';
  note({ code: OUTSIDE_SOURCES, message: `this build changed, ${where}: ${message}` });
}

/** Returns no patterns when the repository has no files in the usual folders. */
async function usualSources(
  files: WorkspaceFiles,
  changed: readonly string[],
): Promise<readonly string[]> {
  const all = [...(await files.files()), ...changed];
  return (await matchPaths(USUAL_SOURCES, all)).length > 0 ? USUAL_SOURCES : [];
}

async function byKind(
  paths: readonly string[],
): Promise<readonly (readonly [kind: string, paths: readonly string[]])[]> {
  const groups: [string, readonly string[]][] = [];
  let left = paths;
  for (const [kind, patterns] of KINDS) {
    const found = new Set(await matchFolded(patterns, left));
    if (found.size > 0) groups.push([kind, [...found]]);
    left = left.filter((path) => !found.has(path));
  }
  return left.length === 0 ? groups : [...groups, [OTHER, left]];
}

function named(paths: readonly string[]): string {
  const more = paths.length - NAMED;
  const first = paths.slice(0, NAMED).join(', ');
  return more > 0 ? `${first} and ${more} more` : first;
}
