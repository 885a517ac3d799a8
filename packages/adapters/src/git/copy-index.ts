import { copyFile, stat, utimes } from 'node:fs/promises';
import { isMissing } from '../files/files.ts';

/**
 * Copies an index with its modification time. Git takes a file of unchanged size that is older than the index
 * for unchanged. A newer copy would hide changes made in the second in which the index was written.
 *
 * @throws Error with the code `ENOENT` when there is no index.
 */
export async function copyIndex(from: string, to: string): Promise<void> {
  const { atime, mtimeMs } = await stat(from);
  await copyFile(from, to);
  // Whole seconds: an older time is safe, because git then compares the content.
  await utimes(to, atime, Math.floor(mtimeMs / 1000));
}

/** Copies an index if there is one. */
export async function copyIndexIfThere(from: string, to: string): Promise<void> {
  try {
    await copyIndex(from, to);
  } catch (reason) {
    if (!isMissing(reason)) throw reason;
  }
}
