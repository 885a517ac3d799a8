import { stripVTControlCharacters } from 'node:util';
import { wrapText } from './wrap.ts';

/** Between two columns. */
const GAP = '  ';

/**
 * Rows as aligned columns under their headings, without trailing blanks.
 *
 * @param room characters that a line may have. Where a row needs more, every row is shown as fields,
 *   one below another. Default: any number.
 */
export function table(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  room = Number.POSITIVE_INFINITY,
): readonly string[] {
  const lines = aligned([headings, ...rows]);
  if (lines.every((line) => widthOf(line) <= room)) return lines;
  return rows.flatMap((row, index) => [
    ...(index === 0 ? [] : ['']),
    ...fields(
      headings.map((heading, column) => [heading, row[column]]),
      room,
    ),
  ]);
}

/**
 * Labels and values, one pair a line; pairs without a value are left out.
 *
 * @param room characters that a line may have; longer values go on below where they begin. Default:
 *   any number.
 */
export function fields(
  pairs: readonly (readonly [label: string, value: string | number | undefined])[],
  room = Number.POSITIVE_INFINITY,
): readonly string[] {
  const shown = pairs.filter(([, value]) => value !== undefined && value !== '');
  const lines = aligned(shown.map(([label, value]) => [label, String(value)]));
  if (room === Number.POSITIVE_INFINITY) return lines;
  const hang = Math.max(0, ...shown.map(([label]) => widthOf(label))) + GAP.length;
  return lines.flatMap((line) => wrapText(line, room, hang).split('\n'));
}

function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, widthOf(cell));
    }
  }
  return rows.map((row) =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell)))
      .join(GAP)
      .trimEnd(),
  );
}

/** Styles take no room on the screen. */
function widthOf(cell: string): number {
  return [...stripVTControlCharacters(cell)].length;
}
