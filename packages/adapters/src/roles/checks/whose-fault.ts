import type { Workspace } from '@baton/core';
import { matchPaths } from '../../git/match-paths.ts';
import type { BaselineStep } from './baseline.ts';
import type { CheckCommand } from './check-command.ts';
import { MANIFEST_FILES } from './manifest-files.ts';
import { namedPlaces, namingOf } from './named-places.ts';

/**
 * Files that the build changed and that decide whether a command finds its tools: declarations of
 * dependencies, and files that the command itself names.
 */
export async function changedManifests(
  command: CheckCommand,
  workspace: Workspace,
): Promise<readonly string[]> {
  const changed = await workspace.changedFiles('start');
  const places = namedPlaces([command], workspace.path);
  const manifests = new Set(await matchPaths(MANIFEST_FILES, changed));
  return changed.filter((path) => manifests.has(path) || namingOf(places, path) === 'file');
}

/**
 * Explains why the build is the reason that a command lacks a tool; undefined: it is not, so a person has to
 * fix it. A tool that worked at the baseline was removed by the build. Without a baseline, only a change of
 * manifests or of what the command names can have removed it.
 */
export async function takenAwayByBuild(
  command: CheckCommand,
  workspace: Workspace | undefined,
  {
    before,
    notStarted,
  }: { readonly before: BaselineStep | undefined; readonly notStarted: boolean },
): Promise<string | undefined> {
  if (workspace === undefined || before?.missing !== undefined) return undefined;
  // No role can remove a program from PATH.
  if (notStarted && !command.argv[0]?.includes('/')) return undefined;
  const changed = await changedManifests(command, workspace);
  if (changed.length > 0) return `this build changed ${changed.slice(0, 5).join(', ')}`;
  return before === undefined ? undefined : 'it ran before this build changed anything';
}

/** The reason that hands a command that cannot run to a person. */
export function forAPerson(name: string, missing: string): string {
  return `'${name}' cannot run here: ${missing}. No role can mend that: install what is missing, or correct the command, then request a retry`;
}
