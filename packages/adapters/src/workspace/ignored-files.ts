import { readdir, rm, rmdir } from 'node:fs/promises';
import { listFiles } from './list-files.ts';
import type { Shadow } from './shadow.ts';

/**
 * Folders that take long to fill anew: dependencies, and caches whose tools tell from the files
 * what is out of date.
 */
export const DEPENDENCY_FOLDERS: readonly string[] = [
  ...['node_modules', '.pnpm-store', '.yarn', 'bower_components', '.venv', 'venv', '.tox', '.nox'],
  ...['target', '.gradle', '.m2', '.bundle', 'vendor', 'Pods', '.build', '.dart_tool', 'deps'],
];

/** Removes what the ignore rules match, but for files and folders of the names `kept`, at any depth. */
export async function removeIgnored(
  shadow: Shadow,
  worktree: string,
  kept: readonly string[],
): Promise<void> {
  await removeAll(await listFiles(shadow, '--others', '--ignored', '--directory'), worktree, kept);
}

/** Removes what neither the index holds nor a rule matches, empty folders too; `kept` as above. */
export async function removeUntracked(
  shadow: Shadow,
  worktree: string,
  kept: readonly string[],
): Promise<void> {
  await removeAll(await listFiles(shadow, '--others', '--directory'), worktree, kept);
}

/** A folder that holds nothing else is listed as one, with a slash at the end. */
async function removeAll(
  paths: readonly string[],
  worktree: string,
  kept: readonly string[],
): Promise<void> {
  const stays = new Set(kept.map(bytes));
  for (const path of paths) {
    if (path.split('/').some((name) => stays.has(name))) continue;
    await removeBut(stays, `${bytes(worktree)}/${path.replace(/\/$/, '')}`, path.endsWith('/'));
  }
}

/** Answers whether nothing of it had to stay. */
async function removeBut(
  stays: ReadonlySet<string>,
  path: string,
  isFolder: boolean,
): Promise<boolean> {
  const place = Buffer.from(path, 'latin1');
  if (!isFolder) {
    await rm(place, { force: true });
    return true;
  }
  let empty = true;
  for (const entry of await readdir(place, { withFileTypes: true, encoding: 'buffer' })) {
    const name = entry.name.toString('latin1');
    const gone =
      !stays.has(name) && (await removeBut(stays, `${path}/${name}`, entry.isDirectory()));
    empty &&= gone;
  }
  if (empty) await rmdir(place);
  return empty;
}

/** File names are bytes, as in the answers of git: one character each (latin1). */
function bytes(text: string): string {
  return Buffer.from(text).toString('latin1');
}
