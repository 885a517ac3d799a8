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
  const lines = rowsOf(change);
  let added = 0;
  let removed = 0;
  let width = 0;
  for (const line of lines) {
    if (line.kind !== 'line') continue;
    if (line.change === 'insert') added++;
    if (line.change === 'delete') removed++;
    width = Math.max(width, line.text.length);
  }
  const file: DiffFile = {
    path: pathOf(change),
    was: change.before && change.after && wasOf(change.before.path, change.after.path),
    change: kindOf(change),
    ...{ added, removed, row: rows.length },
  };
  files.push(file);
  rows.push({ kind: 'file', file });
  for (const line of lines) rows.push(line);
  return width;
}

function wasOf(before: string, after: string): string | undefined {
  return before === after ? undefined : before;
}

function kindOf({ before, after }: FileChange): DiffFile['change'] {
  if (before === undefined) return 'added';
  if (after === undefined) return 'deleted';
  return before.path === after.path ? 'changed' : 'renamed';
}

function rowsOf({ before, after, hunks, hidden }: FileChange): readonly DiffRow[] {
  const rows: DiffRow[] = [];
  const note = (text: string) => rows.push({ kind: 'note', text });
  const [one, other] = [before?.mode, after?.mode];
  if (one !== undefined && other !== undefined && one !== other) {
    note(`${modeInWords(one)} → ${modeInWords(other)}`);
  }
  if (hidden !== undefined) note(`Changed, and cannot be shown: ${hidden}`);
  for (const hunk of hunks) for (const row of rowsOfHunk(hunk)) rows.push(row);
  if (rows.length === 0) {
    note(before === undefined || after === undefined ? 'An empty file' : 'No line changed');
  }
  return rows;
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

function rowsOfHunk({ before, after, lines }: Hunk): readonly DiffRow[] {
  const counted = (without: '-' | '+') => lines.filter(({ sign }) => sign !== without).length;
  const rows: DiffRow[] = [
    {
      kind: 'hunk',
      text: `@@ -${span(before, counted('+'))} +${span(after, counted('-'))} @@`,
    },
  ];
  let lineBefore = before;
  let lineAfter = after;
  for (const { sign, text } of lines) {
    if (sign !== '+') lineBefore++;
    if (sign !== '-') lineAfter++;
    const isCut = !text.endsWith('\n');
    rows.push({
      kind: 'line',
      change: CHANGES[sign],
      before: sign === '+' ? undefined : lineBefore,
      after: sign === '-' ? undefined : lineAfter,
      text: isCut ? text : text.slice(0, -1),
    });
    if (isCut) rows.push({ kind: 'note', text: 'No newline at end of file' });
  }
  return rows;
}

/** As git writes it: from 1, and for an empty side the line before it. */
function span(start: number, count: number): string {
  const from = count === 0 ? start : start + 1;
  return count === 1 ? String(from) : `${from},${count}`;
}
