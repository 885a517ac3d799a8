import { randomUUID } from 'node:crypto';
import { readdir, rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { BatonError } from '@baton/core';
import { isDone } from '../files/file-trees.ts';
import { hasCode, isMissing } from '../files/files.ts';
import { isUnstorable } from './snapshot.ts';
import type { Worktree } from './worktree.ts';

/** A worktree that was in the way and could not be removed. */
export interface SetAside {
  /** Its path now. */
  readonly folder: string;
  /** What could not be removed and why, one line each. */
  readonly problems: readonly string[];
}

/** No workflow id contains a dot. */
const ASIDE = '.aside-';

/**
 * Makes room for a new worktree. When something of the old one cannot be removed (files of another user, a
 * mounted folder), the old one is renamed, which needs no permission on its content.
 *
 * @param told called when it was renamed.
 * @throws BatonError `unavailable` when it can be neither removed nor renamed.
 */
export async function makeRoom(
  path: string,
  worktree: Pick<Worktree, 'remove'>,
  told: (aside: SetAside) => void,
): Promise<void> {
  const removal = await worktree.remove();
  if (isDone(removal)) return;
  const folder = `${path}${ASIDE}${randomUUID().slice(0, 8)}`;
  try {
    await rename(path, folder);
  } catch (reason) {
    const problem = reason instanceof Error ? reason.message : String(reason);
    const found = [...removal.problems, problem].join('; ');
    throw new BatonError(
      'unavailable',
      `the worktree ${path} can be neither removed nor renamed: remove it by hand: ${found}`,
      { cause: reason },
    );
  }
  told({ folder, problems: removal.problems });
}

/** Worktrees of a build that were set aside. */
export async function asidesOf(worktree: string): Promise<readonly string[]> {
  const parent = dirname(worktree);
  const names = await readdir(parent).catch((reason: unknown) => {
    if (isMissing(reason)) return [];
    throw reason;
  });
  const start = `${basename(worktree)}${ASIDE}`;
  return names.filter((name) => name.startsWith(start)).map((name) => join(parent, name));
}

/** The workflow of a folder that was set aside; undefined for other folders. */
export function workflowOfAside(name: string): string | undefined {
  return name.indexOf(ASIDE) > 0 ? name.slice(0, name.indexOf('.')) : undefined;
}

const CODES = ['EACCES', 'EPERM', 'ENOTEMPTY', 'ENAMETOOLONG', 'EBUSY', 'EROFS', 'ELOOP'];
/** Messages of git and the system about such files. */
const WORDS =
  /permission denied|operation not permitted|directory not empty|file ?name too long|device or resource busy|read-only file system|too many levels of symbolic links|could not open directory/i;

/** Whether files of the worktree itself keep it from being read or restored. */
export function isInTheWay(reason: unknown): boolean {
  if (!(reason instanceof Error)) return false;
  if (isUnstorable(reason) || CODES.some((code) => hasCode(reason, code))) return true;
  return WORDS.test(reason.message) || isInTheWay(reason.cause);
}
