import { mkdir, mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { removeTree } from '../../files/file-trees.ts';

/**
 * Runs `work` with a new folder for the reports of one run, and removes the folder afterwards. It is new so
 * that reports of an earlier run cannot be mistaken for those of this run, and outside of the workspace so
 * that writing it changes nothing there.
 */
export async function withReportsFolder<T>(work: (reports: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(await realpath(tmpdir()), 'baton-reports-'));
  try {
    const reports = join(folder, 'reports');
    await mkdir(reports);
    return await work(reports);
  } finally {
    // A folder that cannot be removed, such as one with files of another user, does not affect the verdict.
    await removeTree(folder);
  }
}

/**
 * The folder that a sandbox must make writable for `reports`. Tools such as Vitest and nyc remove their
 * folder and create it again, which fails for a folder that is itself a mount point.
 */
export function shownFor(reports: string): string {
  return dirname(reports);
}

/** Normalizes a path from a tool on any system: `.\\src\\a.ts` becomes `src/a.ts`. */
export function reportPath(path: string): string {
  const plain = path
    .trim()
    .replace(/^file:\/\//, '')
    .replaceAll('\\', '/');
  return plain === '' ? '' : posix.normalize(plain);
}
