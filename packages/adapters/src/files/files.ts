import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { sep } from 'node:path';
import { BatonError } from '@baton/core';

/** Writes all of `data` or nothing, even if the process dies. */
export async function writeWhole(path: string, data: string | Buffer, mode = 0o666): Promise<void> {
  const temporary = `${path}.${randomUUID()}`;
  try {
    await writeFile(temporary, data, { mode });
    await rename(temporary, path);
  } catch (reason) {
    await rm(temporary, { force: true });
    throw reason;
  }
}

/** Reads a file; undefined when it is missing. */
export async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (reason) {
    if (isMissing(reason)) return undefined;
    throw reason;
  }
}

/** Converts any thrown value to a BatonError; a full disk and similar failures become `unavailable`. */
export function explainedFailure(reason: unknown): BatonError {
  if (!(reason instanceof Error && 'syscall' in reason)) return BatonError.from(reason);
  return new BatonError('unavailable', `the workspace's file system: ${reason.message}`, {
    cause: reason,
  });
}

/** Whether a file system call failed because the path does not exist. */
export function isMissing(reason: unknown): boolean {
  return hasCode(reason, 'ENOENT') || hasCode(reason, 'ENOTDIR');
}

/** Whether a file system call failed with this error code. */
export function hasCode(reason: unknown, code: string): boolean {
  return reason instanceof Error && 'code' in reason && reason.code === code;
}

/** The path of a file below `folder`. Paths from git are bytes, one character each (latin1). */
export function filePlace(folder: string, path: string): Buffer {
  return Buffer.concat([Buffer.from(`${folder}${sep}`), Buffer.from(path, 'latin1')]);
}

/** Decodes a path from git as text. */
export function pathText(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** The inverse of {@link pathText}. */
export function pathBytes(text: string): string {
  return Buffer.from(text).toString('latin1');
}
