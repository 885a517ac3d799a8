import type { RoleContext } from '@baton/core';
import { matchPaths } from '../../workspace/match-paths.ts';
import { nameFiles } from '../review/name-files.ts';
import type { CheckCommand } from './check-command.ts';
import { CHECK_FILES } from './check-files.ts';
import { namedPlaces, namingOf } from './named-places.ts';

/**
 * Notes as `checks_changed` which files that decide the verdict differ from those that the build
 * began with, those that the commands themselves name included: who trusts a green run must see
 * that the tests are others. That is no objection, for most builds write tests. What merely lies in
 * a folder that a command names comes last: it may be what is checked.
 */
export async function noteChangedChecks(
  { workspace, note }: Pick<RoleContext, 'workspace' | 'note'>,
  commands: readonly CheckCommand[],
): Promise<void> {
  if (workspace === undefined) return;
  const changed = await workspace.changedFiles('start');
  const places = namedPlaces(commands, workspace.path);
  const alike = new Set(await matchPaths(CHECK_FILES, changed));
  const naming = (path: string) => (alike.has(path) ? 'file' : namingOf(places, path));
  const files = [
    ...changed.filter((path) => naming(path) === 'file'),
    ...changed.filter((path) => naming(path) === 'folder'),
  ];
  if (files.length === 0) return;
  const message = `tests, checks or files that their commands name differ from how the build began: ${nameFiles(files)}`;
  note({ code: 'checks_changed', message });
}
