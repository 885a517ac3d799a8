import { readdir, rm, rmdir } from 'node:fs/promises';
import { filePlace, pathBytes } from '../files/file-place.ts';
import { permitted } from '../files/file-trees.ts';
import { listFiles } from './list-files.ts';
import type { PrivateGit } from './private-git.ts';

/**
 * Folders that take long to fill anew: dependencies, and caches whose tools tell from the files
 * what is out of date.
 */
export const DEPENDENCY_FOLDERS: readonly string[] = [
  ...['node_modules', '.pnpm-store', '.yarn', 'bower_components', '.venv', 'venv', '.tox', '.nox'],
  ...['target', '.gradle', '.m2', '.bundle', 'vendor', 'Pods', '.build', '.dart_tool', 'deps'],
];

/** What the ignore rules match, without what has a name of `kept`: files, and folders with a `/` at the end. */
export async function listIgnored(
  git: PrivateGit,
  kept: readonly string[],
): Promise<readonly string[]> {
  return without(kept, await listFiles(git, '--others', '--ignored', '--directory'));
}

/** Removes what the ignore rules match, but for files and folders of the names `kept`, at any depth. */
export async function removeIgnored(
  git: PrivateGit,
  worktree: string,
  kept: readonly string[],
): Promise<void> {
  await removeListed(await listIgnored(git, kept), worktree, kept);
}

/** Removes what neither the index holds nor a rule matches, empty folders too; `kept` as above. */
export async function removeUntracked(
  git: PrivateGit,
  worktree: string,
  kept: readonly string[],
): Promise<void> {
  await removeListed(await listFiles(git, '--others', '--directory'), worktree, kept);
}

/** The paths with no segment of `kept`. */
function without(kept: readonly string[], paths: readonly string[]): readonly string[] {
  const stays = new Set(kept.map(pathBytes));
  return paths.filter((path) => !path.split('/').some((name) => stays.has(name)));
}

/** A folder that holds nothing else is listed as one, with a slash at the end. */
async function removeListed(
  paths: readonly string[],
  worktree: string,
  kept: readonly string[],
): Promise<void> {
  const stays = new Set(kept.map(pathBytes));
  for (const path of without(kept, paths)) {
    const place = filePlace(worktree, path.replace(/\/$/, '')).toString('latin1');
    await removeBut(stays, place, path.endsWith('/'));
  }
}

/** Removes all files of a worktree, but for its own `.git` and what has a name of `kept`, at any depth. */
export async function removeFiles(worktree: string, kept: readonly string[]): Promise<void> {
  const stays = new Set(kept.map(pathBytes));
  for (const entry of await readdir(worktree, { withFileTypes: true, encoding: 'buffer' })) {
    const name = entry.name.toString('latin1');
    if (name === '.git' || stays.has(name)) continue;
    await removeBut(stays, filePlace(worktree, name).toString('latin1'), entry.isDirectory());
  }
}

/** Answers whether nothing of it had to stay. */
async function removeBut(
  stays: ReadonlySet<string>,
  path: string,
  isFolder: boolean,
): Promise<boolean> {
  const place = Buffer.from(path, 'latin1');
  const folder = Buffer.from(path.slice(0, path.lastIndexOf('/')), 'latin1');
  if (!isFolder) {
    await permitted(folder, () => rm(place, { force: true }));
    return true;
  }
  let empty = true;
  const list = () => readdir(place, { withFileTypes: true, encoding: 'buffer' });
  for (const entry of await permitted(place, list)) {
    const name = entry.name.toString('latin1');
    const gone =
      !stays.has(name) && (await removeBut(stays, `${path}/${name}`, entry.isDirectory()));
    empty &&= gone;
  }
  if (empty) await permitted(folder, () => rmdir(place));
  return empty;
}
