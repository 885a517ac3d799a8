import { BatonError, type Workspace } from '@baton/core';
import { MASK } from '../../../secrets/masking-stream.ts';
import { readAt } from './hold.ts';
import { locate } from './locate.ts';

/** Larger files are for commands, not for reading. */
export const MAX_BYTES = 8 * 1024 * 1024;

/**
 * Whether content that was decoded as UTF-8 is binary. NUL characters alone are no sign: an author could put
 * one into a comment so that a source passes for a binary file.
 */
export function isBinary(text: string): boolean {
  return text.includes('\0') && text.includes('\ufffd');
}

/**
 * Reads a text file of the workspace.
 *
 * @throws BatonError `invalid_input` when it is missing, no file, no text, or too large.
 */
export async function readTextFile(workspace: Workspace, path: string): Promise<string> {
  const { real } = await locate(workspace, path);
  const found = await readAt(real, MAX_BYTES);
  if (found.kind === 'absent') throw wrong(path, 'there is no such file');
  if (found.kind === 'no_file') throw wrong(path, 'it is not a file');
  if (found.kind === 'too_large') {
    const problem = `it has ${found.size} bytes, at most ${MAX_BYTES} are read: look at it with a command`;
    throw wrong(path, problem);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(found.bytes);
  } catch {
    throw wrong(path, 'it is not UTF-8 text');
  }
}

function wrong(path: string, problem: string): BatonError {
  return new BatonError('invalid_input', `cannot read ${path}: ${problem}`);
}

/** Characters of one tool result that a model may read. */
export const MAX_CHARACTERS = 32 * 1024;

/** Keeps the head and the tail of a long text, with a line that says what is missing. */
export function headAndTail(text: string, limit = MAX_CHARACTERS): string {
  if (text.length <= limit) return text;
  const half = Math.floor(limit / 2);
  const head = text.slice(0, half).toWellFormed();
  const tail = text.slice(-half).toWellFormed();
  return `${head}\n[... ${text.length - 2 * half} characters left out ...]\n${tail}`;
}

/**
 * Keeps a model that has read a masked secret from writing the mask in its place.
 *
 * @throws BatonError `invalid_input` when the text has a mask that the file does not have.
 */
export function refuseHidden(path: string, before: string, text: string): void {
  if (before === '' || before.includes(MASK) || !text.includes(MASK)) return;
  throw new BatonError(
    'invalid_input',
    `${MASK} stands for a secret in ${path} that you cannot see: edit around it`,
  );
}
