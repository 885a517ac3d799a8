import { lstat, realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { BatonError, type Workspace } from '@baton/core';

/** Folders that no tool reaches: git's hooks and settings run as commands, Baton's are its own. */
const PRIVATE: ReadonlySet<string> = new Set(['.git', '.baton']);

/**
 * The absolute path of a path that a model names, whether or not something is there.
 *
 * @throws BatonError `invalid_input` when it leaves the workspace or leads into `.git` or `.baton`,
 * by itself or over symbolic links.
 */
export async function locate(workspace: Workspace, path: string): Promise<string> {
  const absolute = await workspace.resolve(path);
  const root = await realpath(workspace.path);
  for (const place of [
    relative(workspace.path, absolute),
    relative(root, await follow(absolute)),
  ]) {
    if (!isPrivate(place)) continue;
    throw new BatonError(
      'invalid_input',
      `the path ${JSON.stringify(path)} is refused: it leads into ${[...PRIVATE].join(' or ')}`,
    );
  }
  return absolute;
}

/**
 * As {@link locate}, for a file that is to be written: never through a symbolic link, for what a
 * dangling one leads to cannot be judged.
 */
export async function locateForWriting(workspace: Workspace, path: string): Promise<string> {
  const absolute = await locate(workspace, path);
  const found = await lstat(absolute).catch(() => undefined);
  if (found === undefined || found.isFile()) return absolute;
  const kind = found.isSymbolicLink() ? 'a symbolic link' : 'not a regular file';
  throw new BatonError('invalid_input', `${path} is ${kind}; expected a file`);
}

/** Whether a path relative to the workspace lies in a private folder. */
export function isPrivate(path: string): boolean {
  return path.split(sep).some((segment) => PRIVATE.has(segment.toLowerCase()));
}

/** Where a path leads; what is not there yet lies in the folder that is. */
async function follow(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(await follow(parent), basename(path));
  }
}
