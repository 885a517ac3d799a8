import { lstat, realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { BatonError, type Workspace } from '@baton/core';

/** Folders that no tool may reach: git's hooks and settings run as commands, and `.baton` is Baton's own. */
const PRIVATE: ReadonlySet<string> = new Set(['.git', '.baton']);

/** Where a model's path leads. */
export interface Located {
  /** The given path relative to the workspace; empty for the workspace itself. */
  readonly inside: string;
  /** The absolute path with symbolic links resolved at the time of the check. */
  readonly real: string;
}

/**
 * Finds a path that a model names, whether or not it exists.
 *
 * @throws BatonError `invalid_input` when the path leaves the workspace or leads into `.git` or `.baton`,
 * directly or through symbolic links.
 */
export async function locate(workspace: Workspace, path: string): Promise<Located> {
  const absolute = await workspace.resolve(path);
  const root = await realpath(workspace.path);
  const inside = relative(workspace.path, absolute);
  const real = await follow(absolute);
  const way = relative(root, real);
  // Another process created a link after the check of the workspace.
  if (way === '..' || way.startsWith(`..${sep}`)) {
    throw refusal(path, 'it leads out of the workspace');
  }
  if (isPrivate(inside) || isPrivate(way)) {
    throw refusal(path, `it leads into ${[...PRIVATE].join(' or ')}`);
  }
  return { inside, real };
}

/**
 * Like {@link locate}, for writing a file. It never writes through a symbolic link, because the target of a
 * dangling one cannot be checked.
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

/** Resolves links; a missing file is resolved through its parent folder. */
async function follow(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(await follow(parent), basename(path));
  }
}
