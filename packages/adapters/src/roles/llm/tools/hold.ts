import { constants, existsSync } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, readlink, realpath, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { BatonError } from '@baton/core';

/*
 * Invariants
 * 1. What is opened lies where its path says: a link that another process creates between the check of a path
 *    and its use is not followed. Linux names the path of an open file. On other systems, a process that
 *    swaps a folder there and back at the right moments goes unnoticed.
 * 2. Files are created and deleted in a folder that is open, and addressed through it.
 * 3. Opening a pipe does not wait for its other end.
 */

const { O_RDONLY, O_WRONLY, O_CREAT, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK } = constants;

/** Linux lists the files that this process has open here. */
const OPEN = '/proc/self/fd';
const namesWhatIsOpen = existsSync(OPEN);

/** The content of a file, or why there is none. */
export type Content =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'absent' }
  | { readonly kind: 'no_file' }
  | { readonly kind: 'too_large'; readonly size: number };

/**
 * Reads a file.
 *
 * @param place a path without symbolic links.
 * @param maxBytes larger files are not read.
 * @throws BatonError `invalid_input` when another process replaced the path meanwhile, or the file cannot be
 * read.
 */
export async function readAt(place: string, maxBytes: number): Promise<Content> {
  let handle: FileHandle;
  try {
    handle = await openAt(place, O_RDONLY);
  } catch (reason) {
    const code = codeOf(reason);
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'absent' };
    // A socket or a link.
    if (code === 'ENXIO' || code === 'ELOOP') return { kind: 'no_file' };
    throw failed(place, reason);
  }
  try {
    const found = await handle.stat();
    if (!found.isFile()) return { kind: 'no_file' };
    if (found.size > maxBytes) return { kind: 'too_large', size: found.size };
    const bytes = await readAtMost(handle, maxBytes + 1);
    // Another process wrote to it meanwhile.
    if (bytes.length > maxBytes) return { kind: 'too_large', size: bytes.length };
    return { kind: 'bytes', bytes };
  } finally {
    await handle.close();
  }
}

/**
 * Writes a file and creates missing parent folders.
 *
 * @param place a path without symbolic links.
 * @throws BatonError `invalid_input` when another process replaced the path meanwhile, or the file cannot be
 * written.
 */
export async function writeAt(place: string, content: string): Promise<void> {
  const write = async (folder: string): Promise<void> => {
    const flags = O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK;
    const handle = await open(join(folder, basename(place)), flags);
    try {
      if (!(await handle.stat()).isFile()) throw replaced(place);
      await handle.truncate(0);
      await handle.writeFile(content);
    } finally {
      await handle.close();
    }
  };
  try {
    await makeFolder(dirname(place));
    await inFolder(dirname(place), write);
  } catch (reason) {
    throw failed(place, reason);
  }
}

/** Deletes a file. @throws BatonError `invalid_input` when it cannot be deleted. */
export async function deleteAt(place: string): Promise<void> {
  try {
    await inFolder(dirname(place), (folder) => unlink(join(folder, basename(place))));
  } catch (reason) {
    throw failed(place, reason);
  }
}

/** Passes `use` a path to this folder that stays valid when the folder is moved or replaced. */
export async function inFolder<Result>(
  place: string,
  use: (folder: string) => Promise<Result>,
): Promise<Result> {
  const handle = await openAt(place, O_RDONLY | O_DIRECTORY);
  try {
    return await use(namesWhatIsOpen ? join(OPEN, String(handle.fd)) : place);
  } finally {
    await handle.close();
  }
}

async function makeFolder(place: string): Promise<void> {
  const found = await lstat(place).catch(() => undefined);
  if (found !== undefined) return;
  await makeFolder(dirname(place));
  await inFolder(dirname(place), (folder) => mkdir(join(folder, basename(place))));
}

async function openAt(place: string, flags: number): Promise<FileHandle> {
  const handle = await open(place, flags | O_NOFOLLOW | O_NONBLOCK);
  const isThere = await liesAt(handle, place).catch(() => false);
  if (isThere) return handle;
  await handle.close();
  throw replaced(place);
}

async function liesAt(handle: FileHandle, place: string): Promise<boolean> {
  if (namesWhatIsOpen) return (await readlink(join(OPEN, String(handle.fd)))) === place;
  const [opened, found] = [await handle.stat(), await lstat(place)];
  const isSame = opened.ino === found.ino && opened.dev === found.dev;
  return isSame && (await realpath(place)) === place;
}

async function readAtMost(handle: FileHandle, length: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for (let total = 0; total < length; ) {
    const buffer = Buffer.alloc(Math.min(length - total, 64 * 1024));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, null);
    if (bytesRead === 0) break;
    total += bytesRead;
    chunks.push(buffer.subarray(0, bytesRead));
  }
  return Buffer.concat(chunks);
}

function failed(place: string, reason: unknown): BatonError {
  if (BatonError.is(reason)) return reason;
  return new BatonError('invalid_input', `${basename(place)} cannot be used: ${codeOf(reason)}`, {
    cause: reason,
  });
}

function codeOf(reason: unknown): string {
  return reason instanceof Error && 'code' in reason ? String(reason.code) : String(reason);
}

function replaced(place: string): BatonError {
  const problem = 'was replaced while it was used: try again';
  return new BatonError('invalid_input', `${basename(place)} ${problem}`);
}
