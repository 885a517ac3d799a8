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

/** A diff of git as one list of rows. A long one is read file by file, with pauses for what a person does meanwhile. */
export async function readDiff(text: string): Promise<ReadDiff> {
  const rows: DiffRow[] = [];
  const files: DiffFile[] = [];
  let width = 0;
  let turn = performance.now();
  for (const part of text.split(/^(?=diff --git )/m)) {
    for (const file of parser.parse(part)) {
      width = Math.max(width, addFile(file, files, rows));
    }
    if (performance.now() - turn < TURN_MS) continue;
    await new Promise((resolve) => setTimeout(resolve));
    turn = performance.now();
  }
  return { files, rows, width };
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
