import { createTurn } from '../../api/turns.ts';
import { addChange } from './compare/diff-of-patch.ts';
import { headerPath } from './compare/git-path.ts';
import { readPatch } from './compare/read-patch.ts';
import { splitLeftOut } from './left-out.ts';
import type { DiffFile, DiffRow, ReadDiff } from './rows.ts';

/** How long it reads before it shows again what it has, and how long a picture of it takes, in milliseconds. */
const SHOW_MS = 60;
const PICTURE_MS = 16;

const HEADER = 'diff --git ';
const NEXT_FILE = `\n${HEADER}`;

/**
 * A diff of git as one list of rows, read file by file while it comes: each value is all that was read so far, and the
 * last one is whole. `rows` and `files` of all values are the same lists, which grow.
 */
export async function* readDiff(pieces: AsyncIterable<string>): AsyncGenerator<ReadDiff> {
  const rows: DiffRow[] = [];
  const files: DiffFile[] = [];
  let width = 0;
  let rest = '';
  const turn = createTurn();
  let shownAt = Number.NEGATIVE_INFINITY;
  const note = (text: string): void => {
    rows.push({ kind: 'note', text });
    width = Math.max(width, text.length);
  };
  const add = async (part: string): Promise<void> => {
    const [text, ...notes] = splitLeftOut(part);
    try {
      const { files: changes } = await readPatch(text, AT_ONCE);
      for (const change of changes) width = Math.max(width, addChange(change, files, rows));
    } catch (reason) {
      // Never half of it: what is no diff of git, or was shortened, is shown as it is.
      const path = text.startsWith(HEADER) ? headOf(text) : undefined;
      if (path !== undefined) addHeader(path, files, rows);
      note(`[Shown as it is: ${reason instanceof Error ? reason.message : String(reason)}]`);
      for (const line of text.replace(/\n$/, '').split('\n')) note(line);
    }
    for (const line of notes) note(line);
  };
  const soFar = (isWhole: boolean): ReadDiff => ({ files, rows, width, isWhole });
  for await (const piece of pieces) {
    rest += piece;
    const end = rest.lastIndexOf(NEXT_FILE) + 1;
    for (const part of filesIn(rest.slice(0, end))) {
      await add(part);
      const now = performance.now();
      const isShown = now - shownAt > SHOW_MS;
      if (isShown) {
        shownAt = now;
        yield soFar(false);
      }
      if (isShown || turn.isOver()) await turn.pass(isShown ? PICTURE_MS : 0);
    }
    rest = rest.slice(end);
  }
  await add(rest);
  yield soFar(true);
}

/** A file is small enough to be read in one turn. */
const AT_ONCE = () => undefined;

/** Each file by itself. Only `\n` ends a line: files may hold any other kind of break. */
function filesIn(text: string): readonly string[] {
  const parts: string[] = [];
  for (let from = 0; from < text.length; ) {
    const next = text.indexOf(NEXT_FILE, from);
    const end = next === -1 ? text.length : next + 1;
    parts.push(text.slice(from, end));
    from = end;
  }
  return parts;
}

/** The path in the header of a file; where it has two, both. */
function headOf(text: string): string {
  const paths = text.slice(HEADER.length, text.indexOf('\n'));
  return headerPath(paths) ?? paths;
}

function addHeader(path: string, files: DiffFile[], rows: DiffRow[]): void {
  const counts = { added: 0, removed: 0 };
  const file: DiffFile = { path, was: undefined, change: 'changed', ...counts, row: rows.length };
  files.push(file);
  rows.push({ kind: 'file', file });
}
