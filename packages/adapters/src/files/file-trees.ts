import { randomUUID } from 'node:crypto';
import { chmod, lstat, readdir, rename, rmdir, unlink } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { BatonError } from '@baton/core';
import { hasCode, isMissing } from './files.ts';

/** Disk usage of the files below a folder. */
export interface Size {
  readonly bytes: number;
  /** Whether everything was measured; otherwise there is more than `bytes`. */
  readonly whole: boolean;
}

/** Measures a folder or file until `signal` aborts. An unreadable folder makes the result incomplete. */
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
      // Windows reports no blocks.
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

/** The result of a removal. */
export interface Removal {
  /** What could not be removed and why, one line each. */
  readonly problems: readonly string[];
  /** Whether the signal ended the removal early, with files left. */
  readonly interrupted: boolean;
}

/** A removal that left nothing. */
export const DONE: Removal = { problems: [], interrupted: false };

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
 * Removes a folder with its content, including read-only folders and paths of any depth. Links are removed,
 * not followed. It names what cannot be removed and removes the rest.
 */
export async function removeTree(path: string | Buffer, signal?: AbortSignal): Promise<Removal> {
  const top = Buffer.from(path);
  const problems: string[] = [];
  const remove = async (place: Buffer): Promise<void> => {
    if (signal?.aborted) return;
    const before = problems.length;
    try {
      await removeOne(place, { top, remove });
    } catch (reason) {
      if (isMissing(reason)) return;
      // What is left inside is already named, or was interrupted.
      const told = problems.length > before || signal?.aborted;
      if (hasCode(reason, 'ENOTEMPTY') && told) return;
      problems.push(`${place}: ${reason instanceof Error ? reason.message : String(reason)}`);
    }
  };
  await remove(top);
  return { problems, interrupted: signal?.aborted ?? false };
}

interface RemovalOf {
  readonly top: Buffer;
  readonly remove: (inside: Buffer) => Promise<void>;
}

/** Longest path below the top in bytes. Systems refuse paths of 4096 bytes, macOS of 1024. */
const LONGEST_PATH = 512;

async function removeOne(place: Buffer, { top, remove }: RemovalOf): Promise<void> {
  const folder = parentOf(place);
  if (!(await lstat(place)).isDirectory()) {
    await permitted(folder, () => unlink(place));
    return;
  }
  if (place.length - top.length > LONGEST_PATH) {
    const near = Buffer.concat([top, SEPARATOR, Buffer.from(randomUUID())]);
    await permitted(folder, () => permitted(place, () => rename(place, near)));
    await remove(near);
    return;
  }
  for (const name of await permitted(place, () => readdir(place, 'buffer'))) {
    await remove(Buffer.concat([place, SEPARATOR, name]));
  }
  await permitted(folder, () => rmdir(place));
}

const SEPARATOR = Buffer.from(sep);

/** Works on bytes, because file names need not be valid text. */
function parentOf(place: Buffer): Buffer {
  return place.subarray(0, Math.max(place.lastIndexOf(SEPARATOR), 1));
}

/** Runs `work`; when the folder's mode forbids it, sets the mode first and runs it again. */
export async function permitted<T>(folder: string | Buffer, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (reason) {
    if (!(hasCode(reason, 'EACCES') || hasCode(reason, 'EPERM'))) throw reason;
    await chmod(folder, 0o700).catch(() => undefined);
    return work();
  }
}
