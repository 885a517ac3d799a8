import { createHash, createHmac, randomBytes, randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BatonError } from '@baton/core';
import { sameText } from './seal.ts';

const KEY_BYTES = 32;
const LEAST_CHARACTERS = 32;

/** The key for the seals of a folder. */
export interface SealKey {
  readonly key: Uint8Array;
  /** Whether the folder has no settled key yet: nothing counts as sealed. */
  readonly isNew: boolean;
  /** Settles the folder on this key. Does nothing when it is settled. */
  settle(): void;
}

/**
 * Opens the key in `folder`, or uses `given`. For a new folder, it creates a key in a file that only its
 * owner can read. A settled folder accepts no other key, so that a wrong key is not mistaken for a changed
 * database.
 *
 * @param given a key of 32 characters or more that is kept elsewhere; the folder then stores none.
 * @throws BatonError `invalid_input` for a given key that is too short or differs from the settled one;
 * `data_loss` when the key was removed or damaged.
 * @example
 * import { openSealKey } from '@baton/adapters/sealed';
 * const { key, settle } = openSealKey('/srv/seals');
 */
export function openSealKey(folder: string, given?: string): SealKey {
  if (given !== undefined && given.length < LEAST_CHARACTERS) {
    throw new BatonError(
      'invalid_input',
      `the key that signs the record of builds: found ${given.length} characters; expected ${LEAST_CHARACTERS} or more, such as of \`openssl rand -hex 32\``,
    );
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const before = readIfThere(join(folder, 'key-id'))?.toString('utf8');
  const key = given === undefined ? keyIn(folder, before) : digestOf(given);
  const id = createHmac('sha256', key).update('the seals of a folder').digest('base64url');
  if (before !== undefined && !sameText(before, id)) {
    throw new BatonError(
      'invalid_input',
      `the key that signs the record of builds differs from the one that ${folder} was created with: pass that one`,
    );
  }
  return {
    key,
    isNew: before === undefined,
    settle() {
      if (before === undefined) writeOnce(join(folder, 'key-id'), Buffer.from(id));
    },
  };
}

function keyIn(folder: string, id: string | undefined): Uint8Array {
  const path = join(folder, 'key');
  let key = readIfThere(path);
  if (key === undefined && id === undefined) {
    writeOnce(path, randomBytes(KEY_BYTES));
    key = readIfThere(path);
  }
  if (key?.length === KEY_BYTES) return key;
  const found = key === undefined ? 'is gone' : `has ${key.length} bytes instead of ${KEY_BYTES}`;
  throw new BatonError(
    'data_loss',
    `the key that signs the record of builds, ${path}, ${found}: Baton can no longer tell whether another program changed the record; restore the key, or pass it if it is kept elsewhere`,
  );
}

/** Writes a file unless another process was faster; other processes never read half of it. */
function writeOnce(path: string, content: Uint8Array): void {
  const unfinished = `${path}.${randomUUID()}`;
  writeFileSync(unfinished, content, { mode: 0o600, flush: true });
  try {
    linkSync(unfinished, path);
  } catch (reason) {
    if (!(reason instanceof Error && 'code' in reason && reason.code === 'EEXIST')) throw reason;
  } finally {
    rmSync(unfinished);
  }
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (reason) {
    if (reason instanceof Error && 'code' in reason && reason.code === 'ENOENT') return undefined;
    throw reason;
  }
}

function digestOf(text: string): Uint8Array {
  return createHash('sha256').update(text).digest();
}
