import { firstOf } from '../command/excerpt.ts';
import { type CoverageReport, coverageReport } from './coverage-report.ts';
import { wholeNumber } from './report-number.ts';

/** What a tracefile says about one file, over all of its records. */
interface FileLines {
  /** Whether a line was hit, by its number. */
  readonly lines: Map<number, boolean>;
  found: number;
  hit: number;
}

/** A record that is being read. */
interface OpenRecord {
  readonly file: string;
  readonly lines: [number: number, hit: boolean][];
  found?: number;
  hit?: number;
}

/**
 * Sums up the lines of every file in a tracefile (`geninfo(1)`). A file may have several records,
 * one a test run: a line (`DA`) counts once, and is hit when any of them hit it. Where a file has no
 * single lines, its best record counts (`LH` of `LF`).
 *
 * @throws Error when it holds no complete record, contradicts itself or covers no line at all.
 */
export function parseLcovReport(text: string): CoverageReport {
  const files = new Map<string, FileLines>();
  let record: OpenRecord | undefined;
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('SF:')) record = { file: line.slice(3), lines: [] };
    else if (line.startsWith('DA:') && record) record.lines.push(lineOf(line));
    else if (line.startsWith('LF:') && record) record.found = count(line);
    else if (line.startsWith('LH:') && record) record.hit = count(line);
    else if (line === 'end_of_record' && record) {
      merge(files, record);
      record = undefined;
    }
  }
  if (record !== undefined) throw new Error(`the record of ${record.file} has no end`);
  let lines = 0;
  let linesHit = 0;
  for (const file of files.values()) {
    const single = [...file.lines.values()];
    // Lines that are counted but not listed are nobody's to call hit.
    lines += Math.max(single.length, file.found);
    linesHit += single.length > 0 ? single.filter(Boolean).length : file.hit;
  }
  return coverageReport(lines, linesHit, [...files.keys()]);
}

function merge(files: Map<string, FileLines>, { file, lines, found, hit }: OpenRecord): void {
  if (found === undefined || hit === undefined) throw new Error(`no LF or LH for ${file}`);
  if (hit > found) throw new Error(`${file} has ${hit} of ${found} lines hit`);
  const known = files.get(file) ?? { lines: new Map<number, boolean>(), found: 0, hit: 0 };
  files.set(file, known);
  known.found = Math.max(known.found, found);
  known.hit = Math.max(known.hit, hit);
  for (const [line, isHit] of lines) known.lines.set(line, isHit || known.lines.get(line) === true);
}

/** `DA:<line>,<hits>[,<checksum>]` */
function lineOf(line: string): [number: number, hit: boolean] {
  const [, number, hits = ''] = /^DA:(\d+),([^,]+)/.exec(line) ?? [];
  // Tools that add up too much write `1.8e+19`, or negative numbers.
  const isNumber = /^-?\d{1,20}(\.\d{1,20})?(e\+?\d{1,2})?$/i.test(hits.trim());
  if (!isNumber) throw new Error(`expected a line and its hits in ${firstOf(line, 60)}`);
  return [wholeNumber(number, 'DA has line'), Number(hits) > 0];
}

function count(line: string): number {
  return wholeNumber(line.slice(3).trim(), `${line.slice(0, 2)} is`);
}
