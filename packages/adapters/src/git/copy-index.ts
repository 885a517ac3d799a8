import { copyFile, stat, utimes } from 'node:fs/promises';
import { isMissing } from '../files/files.ts';

/**
 * Copies an index, with its time. Git takes a file whose time is before that of the index for unchanged if
 * its size is, too; a copy that is younger would vouch for files that changed in the second in which the index
 * was written.
 *
 * @throws Error with the code `ENOENT` when there is no index.
 */
export async function copyIndex(from: string, to: string): Promise<void> {
  const { atime, mtimeMs } = await stat(from);
  await copyFile(from, to);
  // Whole seconds: older is safe, git then compares the files themselves.
  await utimes(to, atime, Math.floor(mtimeMs / 1000));
}

/** Copies an index that may not be there. */
export async function copyIndexIfThere(from: string, to: string): Promise<void> {
  try {
    await copyIndex(from, to);
  } catch (reason) {
    if (!isMissing(reason)) throw reason;
  }
}
