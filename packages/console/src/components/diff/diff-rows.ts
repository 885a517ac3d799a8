import parser, { type File } from 'gitdiff-parser';

export type DiffRow =
  | { readonly kind: 'file'; readonly file: DiffFile }
  | { readonly kind: 'hunk'; readonly text: string }
  | {
      readonly kind: 'line';
      readonly change: 'insert' | 'delete' | 'normal';
      readonly before: number | undefined;
      readonly after: number | undefined;
      readonly text: string;
    }
  | { readonly kind: 'note'; readonly text: string };

export interface DiffFile {
  readonly path: string;
  /** Its path before, where it was another one. */
  readonly was: string | undefined;
  readonly change: 'added' | 'deleted' | 'renamed' | 'changed';
  readonly added: number;
  readonly removed: number;
  /** The place of its header among the rows. */
  readonly row: number;
}

export interface ReadDiff {
  readonly files: readonly DiffFile[];
  readonly rows: readonly DiffRow[];
  /** Characters of the longest line. */
  readonly width: number;
  /** Whether all of it has been read. */
  readonly isWhole: boolean;
}

const CHANGES: Readonly<Record<File['type'], DiffFile['change']>> = {
  add: 'added',
  delete: 'deleted',
  rename: 'renamed',
  copy: 'added',
  modify: 'changed',
};

/** How long it reads before what else waits has its turn, in milliseconds. */
const TURN_MS = 8;
/** How long it reads before it shows again what it has, and how long a picture of it takes, in milliseconds. */
const SHOW_MS = 60;
const PICTURE_MS = 16;

const NEXT_FILE = '\ndiff --git ';

/**
 * A diff of git as one list of rows, read file by file while it comes: each value is all that was read so far, and the
 * last one is whole. `rows` and `files` of all values are the same lists, which grow.
 */
export async function* readDiff(pieces: AsyncIterable<string>): AsyncGenerator<ReadDiff> {
  const rows: DiffRow[] = [];
  const files: DiffFile[] = [];
  let width = 0;
  let rest = '';
  let turnAt = performance.now();
  let shownAt = Number.NEGATIVE_INFINITY;
  const add = (part: string): void => {
    for (const file of parser.parse(part)) width = Math.max(width, addFile(file, files, rows));
    for (const [note] of part.matchAll(LEFT_OUT)) rows.push({ kind: 'note', text: note });
  };
  const soFar = (isWhole: boolean): ReadDiff => ({ files, rows, width, isWhole });
  for await (const piece of pieces) {
    rest += piece;
    const end = rest.lastIndexOf(NEXT_FILE) + 1;
    for (const part of filesIn(rest.slice(0, end))) {
      add(part);
      const now = performance.now();
      const isShown = now - shownAt > SHOW_MS;
      if (isShown) {
        shownAt = now;
        yield soFar(false);
      }
      if (!isShown && now - turnAt < TURN_MS) continue;
      await new Promise((resolve) => setTimeout(resolve, isShown ? PICTURE_MS : 0));
      turnAt = performance.now();
    }
    rest = rest.slice(end);
  }
  add(rest);
  yield soFar(true);
}

/** What the diff does not show, in words, behind its files. No line of a file begins with a bracket. */
const LEFT_OUT = /^\[.*\]$/gm;

function filesIn(text: string): readonly string[] {
  return text === '' ? [] : text.split(/^(?=diff --git )/m);
}

/** @returns the characters of its longest line. */
function addFile(found: File, files: DiffFile[], rows: DiffRow[]): number {
  const { oldPath, newPath, type, hunks, isBinary } = found;
  const header = rows.length;
  let width = 0;
  let added = 0;
  let removed = 0;
  const lines: DiffRow[] = [];
  for (const hunk of hunks) {
    lines.push({ kind: 'hunk', text: hunk.content });
    for (const change of hunk.changes) {
      if (change.type === 'insert') added++;
      if (change.type === 'delete') removed++;
      width = Math.max(width, change.content.length);
      lines.push({ kind: 'line', change: change.type, text: change.content, ...numbersOf(change) });
    }
  }
  if (lines.length === 0) {
    lines.push({ kind: 'note', text: isBinary ? 'A binary file' : 'No line changed' });
  }
  const file: DiffFile = {
    path: type === 'delete' ? oldPath : newPath,
    was: type === 'rename' && oldPath !== newPath ? oldPath : undefined,
    change: CHANGES[type],
    ...{ added, removed, row: header },
  };
  files.push(file);
  rows.push({ kind: 'file', file });
  for (const line of lines) rows.push(line);
  return width;
}

type Change = File['hunks'][number]['changes'][number];

function numbersOf(change: Change) {
  switch (change.type) {
    case 'insert':
      return { before: undefined, after: change.lineNumber };
    case 'delete':
      return { before: change.lineNumber, after: undefined };
    case 'normal':
      return { before: change.oldLineNumber, after: change.newLineNumber };
  }
}
