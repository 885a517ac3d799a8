import { randomUUID } from 'node:crypto';
import { chmod, lstat, readdir, rename, rmdir, unlink } from 'node:fs/promises';
import { join, sep } from 'node:path';
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

/** Of a removal that left nothing. */
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
 * Removes a folder with all that is in it, also where a program has made folders read-only, and however
 * deep they lie. Links are removed, not followed. What cannot be removed is named, and the rest goes.
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
      // What is still in it has been named, or is left for another time.
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

/** Bytes of a path below the top; the system refuses paths of 4096 bytes, and of 1024 on macOS. */
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

/** Names are bytes: those that are no text are files, too. */
function parentOf(place: Buffer): Buffer {
  return place.subarray(0, Math.max(place.lastIndexOf(SEPARATOR), 1));
}

/** Does `work`; where `folder` does not permit it, its owner permits it first. */
export async function permitted<T>(folder: string | Buffer, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (reason) {
    if (!(hasCode(reason, 'EACCES') || hasCode(reason, 'EPERM'))) throw reason;
    await chmod(folder, 0o700).catch(() => undefined);
    return work();
  }
}
