import { pathText } from '../../files/files.ts';
import { idOf, modeOf, SUBMODULE } from '../../git/tree-entries.ts';
import { submodulesOf } from '../submodules.ts';
import { counted, type Examined, type RepositoryFeature } from './repository-feature.ts';

/** Submodules are checked out from the user's own, and never fetched. */
export async function examineSubmodules(examined: Examined): Promise<readonly RepositoryFeature[]> {
  const { git, withGit, repository, settings, entries, scratch } = examined;
  const pointers = new Map([...entries].filter(([, entry]) => modeOf(entry) === SUBMODULE));
  if (pointers.size === 0) return [];
  const source = { git, withGit, repository, worktree: scratch, settings, pointers };
  const submodules = submodulesOf(source);
  const missing: string[] = [];
  for (const [path, entry] of pointers) {
    if (!(await submodules.has(path, idOf(entry)))) missing.push(pathText(path));
  }
  const name = 'submodules';
  if (missing.length === 0) {
    const all = counted('submodule', [...pointers.keys()].map(pathText));
    return [{ name, verdict: 'ok', found: `${all}: checked out from your own` }];
  }
  return [
    {
      name,
      verdict: 'warning',
      found: `${counted('submodule', missing)}: your checkout does not have the commit, so the folder is empty in builds`,
      advice: `git submodule update --init -- ${missing.map((path) => JSON.stringify(path)).join(' ')}`,
    },
  ];
}
