import { readdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BatonError } from '@baton/core';
import { permitted } from '../files/file-trees.ts';
import { filePlace, pathBytes } from '../files/files.ts';
import { fieldsOf } from '../git/git.ts';
import type { PrivateGit } from './private-git.ts';

/** Folders that take long to fill again: dependencies, and caches whose tools detect outdated files. */
export const DEPENDENCY_FOLDERS: readonly string[] = [
  ...['node_modules', '.pnpm-store', '.yarn', 'bower_components', '.venv', 'venv', '.tox', '.nox'],
  ...['target', '.gradle', '.m2', '.bundle', 'vendor', 'Pods', '.build', '.dart_tool', 'deps'],
];

/** Lists what the ignore rules match, without names in `kept`: files, and folders with a final `/`. */
export async function listIgnored(
  git: PrivateGit,
  kept: readonly string[],
): Promise<readonly string[]> {
  return without(kept, await listFiles(git, '--others', '--ignored', '--directory'));
}

/** Removes what the ignore rules match, except for names in `kept`, at any depth. */
export async function removeIgnored(
  git: PrivateGit,
  worktree: string,
  kept: readonly string[],
): Promise<void> {
  await removeListed(await listIgnored(git, kept), worktree, kept);
}

/** Removes what is neither in the index nor ignored, including empty folders; `kept` as above. */
export async function removeUntracked(
  git: PrivateGit,
  worktree: string,
  kept: readonly string[],
): Promise<void> {
  await removeListed(await listFiles(git, '--others', '--directory'), worktree, kept);
}

/** The paths without a segment in `kept`. */
function without(kept: readonly string[], paths: readonly string[]): readonly string[] {
  const stays = new Set(kept.map(pathBytes));
  return paths.filter((path) => !path.split('/').some((name) => stays.has(name)));
}

/** Git lists a folder with nothing else in it as one entry with a final slash. */
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

/** Removes all files of a worktree except for its own `.git` and names in `kept`, at any depth. */
export async function removeFiles(worktree: string, kept: readonly string[]): Promise<void> {
  const stays = new Set(kept.map(pathBytes));
  for (const entry of await readdir(worktree, { withFileTypes: true, encoding: 'buffer' })) {
    const name = entry.name.toString('latin1');
    if (name === '.git' || stays.has(name)) continue;
    await removeBut(stays, filePlace(worktree, name).toString('latin1'), entry.isDirectory());
  }
}

/** Returns whether everything was removed. */
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

/** Where a private git keeps the ignore rules of the build. */
function ignoreFileOf(git: PrivateGit): string {
  return join(git.folder, 'info', 'ignore-rules');
}

/** Writes the ignore rules of the build for a private git. */
export async function writeIgnoreFile(git: PrivateGit, rules: Buffer): Promise<void> {
  await writeFile(ignoreFileOf(git), rules);
}

/**
 * Runs `git ls-files` with the build's own ignore rules. Ignore files in the worktree have no effect.
 *
 * @throws BatonError `unavailable` when a folder cannot be read, because it would count as empty.
 */
export async function listFiles(git: PrivateGit, ...options: readonly string[]): Promise<string[]> {
  const listed = await git.run([
    'ls-files',
    '-z',
    ...options,
    `--exclude-from=${ignoreFileOf(git)}`,
  ]);
  if (listed.stderr.includes('could not open directory')) {
    throw new BatonError('unavailable', `the workspace cannot be read: ${listed.stderr.trim()}`);
  }
  return fieldsOf(listed);
}

/** Repositories inside the worktree that contain no file of the index, each with a final `/`. */
export async function nestedRepositories(git: PrivateGit): Promise<string[]> {
  return (await listFiles(git, '--others')).filter((path) => path.endsWith('/'));
}
