import type { Breathe } from '../../../api/turns.ts';
import type { DiffFile, DiffRow, ReadDiff } from '../rows.ts';
import { type FileChange, type Hunk, type Patch, pathOf } from './patch.ts';

/** A change as the rows that a diff is shown in. */
export async function diffOfPatch({ files, unnamed }: Patch, breathe: Breathe): Promise<ReadDiff> {
  const rows: DiffRow[] = [];
  const shown: DiffFile[] = [];
  let width = 0;
  for (const change of files) {
    await breathe();
    width = Math.max(width, addChange(change, shown, rows));
  }
  if (unnamed > 0) {
    rows.push({ kind: 'note', text: `[up to ${unnamed} more changed files, which are not named]` });
  }
  return { files: shown, rows, width, isWhole: true };
}

/** Puts a file and its rows behind the others. @returns the characters of its longest line. */
export function addChange(change: FileChange, files: DiffFile[], rows: DiffRow[]): number {
  const { before, after, hunks, hidden } = change;
  const added = sum(hunks, '+');
  const removed = sum(hunks, '-');
  const file: DiffFile = {
    path: pathOf(change),
    was: before && after && wasOf(before.path, after.path),
    change: kindOf(change),
    ...{ added, removed, row: rows.length },
  };
  files.push(file);
  rows.push({ kind: 'file', file });
  const begin = rows.length;
  const note = (text: string) => rows.push({ kind: 'note', text });
  const [one, other] = [before?.mode, after?.mode];
  if (one !== undefined && other !== undefined && one !== other) {
    note(`${modeInWords(one)} → ${modeInWords(other)}`);
  }
  if (hidden !== undefined) note(`Changed, and cannot be shown: ${hidden}`);
  const width = hunks.reduce((most, hunk) => Math.max(most, addHunk(hunk, rows)), 0);
  if (rows.length === begin) {
    note(before === undefined || after === undefined ? 'An empty file' : 'No line changed');
  }
  return width;
}

function sum(hunks: readonly Hunk[], sign: '-' | '+'): number {
  return hunks.reduce((all, { lines }) => all + countOf(lines, sign), 0);
}

function countOf(lines: Hunk['lines'], wanted: '-' | '+'): number {
  let count = 0;
  for (const { sign } of lines) if (sign === wanted) count++;
  return count;
}

function wasOf(before: string, after: string): string | undefined {
  return before === after ? undefined : before;
}

function kindOf({ before, after }: FileChange): DiffFile['change'] {
  if (before === undefined) return 'added';
  if (after === undefined) return 'deleted';
  return before.path === after.path ? 'changed' : 'renamed';
}

const MODES: Readonly<Record<string, string>> = {
  '100644': 'file',
  '100755': 'executable file',
  '120000': 'symbolic link',
  '160000': 'submodule',
};

function modeInWords(mode: string): string {
  return `${MODES[mode] ?? 'mode'} (${mode})`;
}

const CHANGES = { ' ': 'normal', '-': 'delete', '+': 'insert' } as const;

/** Puts a hunk behind the other rows. @returns the characters of its longest line. */
function addHunk({ before, after, lines }: Hunk, rows: DiffRow[]): number {
  const oldSide = span(before, lines.length - countOf(lines, '+'));
  const newSide = span(after, lines.length - countOf(lines, '-'));
  rows.push({ kind: 'hunk', text: `@@ -${oldSide} +${newSide} @@` });
  let lineBefore = before;
  let lineAfter = after;
  let width = 0;
  for (const { sign, text } of lines) {
    if (sign !== '+') lineBefore++;
    if (sign !== '-') lineAfter++;
    const isCut = !text.endsWith('\n');
    const line = isCut ? text : text.slice(0, -1);
    width = Math.max(width, line.length);
    rows.push({
      kind: 'line',
      change: CHANGES[sign],
      before: sign === '+' ? undefined : lineBefore,
      after: sign === '-' ? undefined : lineAfter,
      text: line,
    });
    if (isCut) rows.push({ kind: 'note', text: 'No newline at end of file' });
  }
  return width;
}

/** As git writes it: from 1, and for an empty side the line before it. */
function span(start: number, count: number): string {
  const from = count === 0 ? start : start + 1;
  return count === 1 ? String(from) : `${from},${count}`;
}
