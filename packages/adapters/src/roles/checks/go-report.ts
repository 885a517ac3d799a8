import { firstOf } from '../../process/excerpt.ts';
import { type CoverageReport, coverageReport } from './coverage-report.ts';
import { createLineHits } from './line-hits.ts';
import { isHit, wholeNumber } from './report-number.ts';

/** `<file>:<line>.<column>,<line>.<column> <statements> <count>` */
const BLOCK = /^(.+):(\d+)\.\d+,(\d+)\.\d+ (\d+) (\S+)$/;

/** More lines than the blocks of any project cover. */
const MAX_LINES = 50_000_000;

/**
 * Counts the lines of a profile from `go test -coverprofile`, which lists blocks of statements. A line is
 * executable when a block with statements covers it, and hit when one of those blocks ran. `go tool cover`
 * counts statements, so its percentage differs.
 *
 * @throws Error when the text is no such profile or covers no lines.
 */
export function parseGoReport(text: string): CoverageReport {
  const lines = text.split('\n').map((line) => line.trim());
  if (!/^mode: (set|count|atomic)$/.test(lines.find((line) => line !== '') ?? '')) {
    throw new Error('it does not begin with mode: set, count or atomic');
  }
  const files = createLineHits();
  let read = 0;
  for (const line of lines) {
    // Profiles of several packages may be concatenated.
    if (line === '' || line.startsWith('mode: ')) continue;
    const [, file = '', from, to, statements, count] = BLOCK.exec(line) ?? [];
    if (count === undefined)
      throw new Error(`expected a block and its count in ${firstOf(line, 80)}`);
    const first = wholeNumber(from, 'a block begins at');
    const last = wholeNumber(to, 'a block ends at');
    if (last < first) throw new Error(`a block goes from line ${first} to ${last}`);
    if (wholeNumber(statements, 'a block has statements') === 0) continue;
    read += last - first + 1;
    if (read > MAX_LINES) throw new Error(`its blocks have more than ${MAX_LINES} lines`);
    const wasHit = isHit(count, 'a block has count');
    files.addAll(file, first, last, wasHit);
  }
  return coverageReport(files.files());
}
