import { firstOf } from '../../process/excerpt.ts';

/** The executable lines of a file that no test runs. */
export interface Uncovered {
  readonly path: string;
  /** Number of lines. */
  readonly missed: number;
  /** Line numbers, sorted; empty when the report has only totals. */
  readonly lines: readonly number[];
}

const NAMED_FILES = 10;
const NAMED_RANGES = 8;
const PATH_CHARACTERS = 200;

/** Names the files and lines that are not covered, the worst first, and counts the rest. */
export function nameUncovered(files: readonly Uncovered[]): string {
  const missing = files
    .filter(({ missed }) => missed > 0)
    .sort((a, b) => b.missed - a.missed || (a.path < b.path ? -1 : 1));
  const named = missing.slice(0, NAMED_FILES).map(nameOne);
  const more = missing.length - named.length;
  return [...named, ...(more > 0 ? [`and ${more} more files`] : [])].join('; ');
}

function nameOne({ path, missed, lines }: Uncovered): string {
  const file = firstOf(path, PATH_CHARACTERS);
  if (lines.length === 0) return `${file} (${missed} ${missed === 1 ? 'line' : 'lines'})`;
  const ranges = rangesOf(lines);
  const more = ranges.length - NAMED_RANGES;
  const named = ranges.slice(0, NAMED_RANGES).join(', ');
  return `${file} (${missed === 1 ? 'line' : 'lines'} ${named}${more > 0 ? ` and ${more} more places` : ''})`;
}

/** `1, 3-5` for 1, 3, 4, 5. */
function rangesOf(lines: readonly number[]): string[] {
  const ranges: { from: number; to: number }[] = [];
  for (const line of lines) {
    const last = ranges.at(-1);
    if (last?.to === line - 1) last.to = line;
    else ranges.push({ from: line, to: line });
  }
  return ranges.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`));
}
