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

/** A diff of git as one list of rows. */
export function readDiff(text: string): ReadDiff {
  const rows: DiffRow[] = [];
  const files: DiffFile[] = [];
  let width = 0;
  for (const { oldPath, newPath, type, hunks, isBinary } of parser.parse(text)) {
    const changes = hunks.flatMap((hunk) => hunk.changes);
    const path = type === 'delete' ? oldPath : newPath;
    const file: DiffFile = {
      path,
      was: type === 'rename' && oldPath !== newPath ? oldPath : undefined,
      change: CHANGES[type],
      added: changes.filter((one) => one.type === 'insert').length,
      removed: changes.filter((one) => one.type === 'delete').length,
      row: rows.length,
    };
    files.push(file);
    rows.push({ kind: 'file', file });
    if (changes.length === 0) {
      rows.push({ kind: 'note', text: isBinary ? 'A binary file' : 'No line changed' });
    }
    for (const hunk of hunks) {
      rows.push({ kind: 'hunk', text: hunk.content });
      for (const change of hunk.changes) {
        width = Math.max(width, change.content.length);
        rows.push({
          kind: 'line',
          change: change.type,
          text: change.content,
          ...numbersOf(change),
        });
      }
    }
  }
  return { files, rows, width };
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
