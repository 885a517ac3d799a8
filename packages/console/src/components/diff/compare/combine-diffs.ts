import type { Breathe } from '../../../api/turns.ts';
import { combineHunks, Mismatch } from './combine-hunks.ts';
import { type FileChange, type FileSide, type Patch, pathOf, unknownSide } from './patch.ts';

/*
 * The change from tree A to tree C, given those from A to B and from B to C.
 *
 * 1. What is shown is exact: every line of A and C that differs is in a hunk of one of the two, or of both.
 * 2. What cannot be told is named, never guessed and never left out.
 * 3. Two diffs that do not meet in the same tree B are refused, as far as they speak of the same files.
 */

/**
 * @throws Error when the two diffs do not meet in one tree.
 */
export async function combineDiffs(first: Patch, second: Patch, breathe: Breathe): Promise<Patch> {
  const files: FileChange[] = [];
  const firstByPath = new Map(
    first.files.map((file) => [file.after?.path ?? file.before?.path ?? '', file] as const),
  );
  for (const file of second.files) {
    await breathe();
    const path = file.before?.path ?? file.after?.path ?? '';
    const before = firstByPath.get(path);
    firstByPath.delete(path);
    const combined =
      before === undefined ? withUnnamed(file, first, 'before') : combineFiles(before, file);
    if (combined !== undefined) files.push(combined);
  }
  for (const file of firstByPath.values()) files.push(withUnnamed(file, second, 'after'));
  files.sort((one, other) => (pathOf(one) < pathOf(other) ? -1 : 1));
  return { files, unnamed: first.unnamed + second.unnamed };
}

/** A file that the other diff does not name: it stays as it is there, unless that diff does not name all files. */
function withUnnamed(file: FileChange, { unnamed }: Patch, side: 'before' | 'after'): FileChange {
  if (unnamed === 0) return file;
  return {
    ...file,
    [side]: unknownSide(file[side]?.path ?? pathOf(file)),
    hunks: [],
    hidden: file.hidden ?? 'another diff on the way does not name all files',
  };
}

/**
 * One change of a file after the other; undefined where nothing is left of them.
 *
 * @throws Error when the two do not meet in one file.
 */
export function combineFiles(first: FileChange, second: FileChange): FileChange | undefined {
  const { before } = first;
  const { after } = second;
  try {
    meet(first.after, second.before);
    if (before === undefined && after === undefined) return undefined;
    const hidden = first.hidden ?? second.hidden;
    const hunks =
      hidden === undefined
        ? combineHunks(first.hunks, second.hunks, isOtherType(before, after))
        : [];
    const combined = { before, after, hunks, hidden };
    return isNothing(combined) ? undefined : named(combined);
  } catch (reason) {
    if (!(reason instanceof Mismatch)) throw reason;
    throw new Error(
      `two diffs on the way do not fit together: in ${pathOf(second)}, ${reason.message}`,
    );
  }
}

/** Whether a file becomes a link or the other way round, which git shows as two files. */
export function isOtherType(before: FileSide | undefined, after: FileSide | undefined): boolean {
  if (before?.mode === undefined || after?.mode === undefined) return false;
  return before.mode.slice(0, 3) !== after.mode.slice(0, 3);
}

function meet(one: FileSide | undefined, other: FileSide | undefined): void {
  if (one?.isThere === 'unknown' || other?.isThere === 'unknown') return;
  const words = (side: FileSide | undefined) => (side === undefined ? 'not there' : 'there');
  if ((one === undefined) !== (other === undefined)) {
    throw new Mismatch(`the file is ${words(one)} after one and ${words(other)} before the other`);
  }
  for (const what of ['id', 'mode'] as const) {
    const [a, b] = [one?.[what], other?.[what]];
    if (a === undefined || b === undefined || a.startsWith(b) || b.startsWith(a)) continue;
    throw new Mismatch(`its ${what} is ${a} after one and ${b} before the other`);
  }
}

function isNothing({ before, after, hunks, hidden }: FileChange): boolean {
  if (before?.isThere !== true || after?.isThere !== true) return false;
  if (hunks.length > 0 || before.path !== after.path || before.mode !== after.mode) return false;
  return hidden === undefined ? !differ(before, after) : areSame(before, after);
}

/** Ids of one length are equal where the contents are. A shortened one is no proof that they are. */
function areSame({ id: one }: FileSide, { id: other }: FileSide): boolean {
  return one !== undefined && one === other;
}

function differ({ id: one }: FileSide, { id: other }: FileSide): boolean {
  if (one === undefined || other === undefined) return false;
  return !one.startsWith(other) && !other.startsWith(one);
}

/** Contents that differ in no line: their bytes differ in what is no text. */
function named(change: FileChange): FileChange {
  const { before, after, hunks, hidden } = change;
  if (hidden !== undefined || hunks.length > 0) return change;
  if (before === undefined || after === undefined || !differ(before, after)) return change;
  return { ...change, hidden: 'it holds bytes that are no UTF-8 text' };
}
