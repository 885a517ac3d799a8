import { lstat, realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { BatonError, type Workspace } from '@baton/core';

/** Folders that no tool reaches: git's hooks and settings run as commands, Baton's are its own. */
const PRIVATE: ReadonlySet<string> = new Set(['.git', '.baton']);

/** Where a path of a model leads. */
export interface Located {
  /** The path relative to the workspace, as it was named; empty for the workspace itself. */
  readonly inside: string;
  /** Its absolute path, without the symbolic links that lay on it when it was looked at. */
  readonly real: string;
}

/**
 * Finds a path that a model names, whether or not something is there.
 *
 * @throws BatonError `invalid_input` when it leaves the workspace or leads into `.git` or `.baton`,
 * by itself or over symbolic links.
 */
export async function locate(workspace: Workspace, path: string): Promise<Located> {
  const absolute = await workspace.resolve(path);
  const root = await realpath(workspace.path);
  const inside = relative(workspace.path, absolute);
  const real = await follow(absolute);
  const way = relative(root, real);
  // A link was put there since the workspace looked.
  if (way === '..' || way.startsWith(`..${sep}`)) {
    throw refusal(path, 'it leads out of the workspace');
  }
  if (isPrivate(inside) || isPrivate(way)) {
    throw refusal(path, `it leads into ${[...PRIVATE].join(' or ')}`);
  }
  return { inside, real };
}

/**
 * As {@link locate}, for a file that is to be written: never through a symbolic link, for what a
 * dangling one leads to cannot be judged.
 */
export async function locateForWriting(workspace: Workspace, path: string): Promise<string> {
  const { inside, real } = await locate(workspace, path);
  const found = await lstat(join(workspace.path, inside)).catch(() => undefined);
  if (found === undefined || found.isFile()) return real;
  const kind = found.isSymbolicLink() ? 'a symbolic link' : 'not a regular file';
  throw new BatonError('invalid_input', `${path} is ${kind}; expected a file`);
}

/** Whether a path relative to the workspace lies in a private folder. */
export function isPrivate(path: string): boolean {
  return path.split(sep).some((segment) => PRIVATE.has(segment.toLowerCase()));
}

function refusal(path: string, problem: string): BatonError {
  return new BatonError('invalid_input', `the path ${JSON.stringify(path)} is refused: ${problem}`);
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
