import { chmod, lstat, readdir, rmdir, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BatonError } from '@baton/core';
import { hasCode, isMissing } from './files.ts';

/** What the files below a folder take up on the disk. */
export interface Size {
  readonly bytes: number;
  /** Whether everything was measured; if not, there is more than `bytes`. */
  readonly whole: boolean;
}

/** Measures a folder or file until `signal` aborts. What cannot be looked into counts as not whole. */
export async function sizeOf(path: string, signal?: AbortSignal): Promise<Size> {
  let bytes = 0;
  let whole = true;
  const add = async (place: string): Promise<void> => {
    if (signal?.aborted) {
      whole = false;
      return;
    }
    try {
      const found = await lstat(place);
      // Windows counts no blocks.
      bytes += found.blocks ? found.blocks * 512 : found.size;
      if (!found.isDirectory()) return;
      for (const name of await readdir(place)) await add(join(place, name));
    } catch (reason) {
      if (!isMissing(reason)) whole = false;
    }
  };
  await add(path);
  return { bytes, whole };
}

/** How a removal ended. */
export interface Removal {
  /** What could not be removed, and why; a line each. */
  readonly problems: readonly string[];
  /** Whether the signal ended it early: the rest is still there. */
  readonly interrupted: boolean;
}

/** Whether nothing is left. */
export function isDone({ problems, interrupted }: Removal): boolean {
  return problems.length === 0 && !interrupted;
}

/** @throws BatonError `unavailable` that names what could not be removed. */
export function expectDone({ problems }: Removal): void {
  if (problems.length === 0) return;
  throw new BatonError('unavailable', `files cannot be removed: ${problems.join('; ')}`);
}

/**
 * Removes a folder with all that is in it, also where a program has made folders read-only. Links are
 * removed, not followed. What cannot be removed is named, and the rest goes.
 */
export async function removeTree(path: string, signal?: AbortSignal): Promise<Removal> {
  const problems: string[] = [];
  const remove = async (place: string): Promise<void> => {
    if (signal?.aborted) return;
    const before = problems.length;
    try {
      await removeOne(place, remove);
    } catch (reason) {
      if (isMissing(reason)) return;
      // What is still in it has been named, or is left for another time.
      const told = problems.length > before || signal?.aborted;
      if (hasCode(reason, 'ENOTEMPTY') && told) return;
      problems.push(`${place}: ${reason instanceof Error ? reason.message : String(reason)}`);
    }
  };
  await remove(path);
  return { problems, interrupted: signal?.aborted ?? false };
}

async function removeOne(place: string, remove: (inside: string) => Promise<void>): Promise<void> {
  if (!(await lstat(place)).isDirectory()) {
    await allowed(dirname(place), () => unlink(place));
    return;
  }
  for (const name of await allowed(place, () => readdir(place))) await remove(join(place, name));
  await allowed(dirname(place), () => rmdir(place));
}

/** Does `work`; where `folder` does not permit it, its owner permits it first. */
async function allowed<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (reason) {
    if (!(hasCode(reason, 'EACCES') || hasCode(reason, 'EPERM'))) throw reason;
    await chmod(folder, 0o700).catch(() => undefined);
    return work();
  }
}
