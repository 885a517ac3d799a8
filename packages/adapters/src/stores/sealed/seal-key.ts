import { createHash, createHmac, randomBytes, randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BatonError } from '@baton/core';
import { sameText } from './seal.ts';

const KEY_BYTES = 32;
const LEAST_CHARACTERS = 32;

/** The key of a folder's seals. */
export interface SealKey {
  readonly key: Uint8Array;
  /** Whether the folder was never settled on one: nothing counts as sealed yet. */
  readonly isNew: boolean;
  /** Settles the folder on this key. Does nothing where it was. */
  settle(): void;
}

/**
 * The key that lies in `folder`, or `given`; at first a new one, in a file that only its owner reads. A
 * folder that was settled on a key takes no other: a wrong key is told from a changed database.
 *
 * @param given 32 characters or more, kept elsewhere: then no key lies in the folder.
 * @throws BatonError `invalid_input` for a given key that is too short, or another than before;
 * `data_loss` where the key was taken away or damaged.
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
      `the key that signs the record of builds is another than the one that ${folder} was begun with: give that one`,
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
    `the key that signs the record of builds, ${path}, ${found}: whether another program changed the record can no longer be told; restore the key, or give it if it was kept elsewhere`,
  );
}

/** Another process may do the same: the first one counts, and nobody reads half of it. */
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
