import { firstOf } from '../../process/excerpt.ts';
import { type CoverageReport, coverageReport } from './coverage-report.ts';
import { createLineHits, type LineHits } from './line-hits.ts';
import { isHit, wholeNumber } from './report-number.ts';

/** A record that is being read. */
interface OpenRecord {
  readonly file: string;
  readonly lines: [number: number, hit: boolean][];
  found?: number;
  hit?: number;
}

/**
 * Adds up the lines of every file in a tracefile (`geninfo(1)`). A file may have several records, one for
 * each test run: a line (`DA`) counts once, and as hit when any record hit it. For a file without single
 * lines, the record with the best totals (`LH` of `LF`) counts; a file with neither has no statements.
 *
 * @throws Error when there is no complete record, the text contradicts itself, or it covers no lines.
 */
export function parseLcovReport(text: string): CoverageReport {
  const files = createLineHits();
  let record: OpenRecord | undefined;
  for (const raw of text.split('\n')) {
    // Trims blank lines, Windows line endings and a byte order mark.
    const line = raw.trim();
    if (line.startsWith('SF:')) {
      refuseOpen(record);
      record = { file: line.slice(3), lines: [] };
    } else if (line.startsWith('DA:') && record) record.lines.push(lineOf(line));
    else if (line.startsWith('LF:') && record) record.found = count(line);
    else if (line.startsWith('LH:') && record) record.hit = count(line);
    else if (line === 'end_of_record' && record) {
      merge(files, record);
      record = undefined;
    }
  }
  refuseOpen(record);
  return coverageReport(files.files());
}

function refuseOpen(record: OpenRecord | undefined): void {
  if (record !== undefined) throw new Error(`the record of ${record.file} has no end`);
}

function merge(files: LineHits, { file, lines, found, hit }: OpenRecord): void {
  for (const [line, wasHit] of lines) {
    // coverage.py before version 7 lists a line 0 for each empty file.
    if (line > 0) files.add(file, line, wasHit);
  }
  if (lines.length > 0 || (found === undefined && hit === undefined)) {
    files.sum(file, found ?? 0, 0);
    return;
  }
  if (found === undefined || hit === undefined) throw new Error(`no LF or LH for ${file}`);
  if (hit > found) throw new Error(`${file} has ${hit} of ${found} lines hit`);
  files.sum(file, found, hit);
}

/** `DA:<line>,<hits>[,<checksum>]` */
function lineOf(line: string): [number: number, hit: boolean] {
  const [, number, hits] = /^DA:\s*(\d+)\s*,([^,]+)/.exec(line) ?? [];
  if (hits === undefined) throw new Error(`expected a line and its hits in ${firstOf(line, 60)}`);
  return [
    wholeNumber(number, 'DA has line'),
    isHit(hits, `expected a line and its hits in ${firstOf(line, 60)}: it has`),
  ];
}

function count(line: string): number {
  return wholeNumber(line.slice(3), `${line.slice(0, 2)} is`);
}
