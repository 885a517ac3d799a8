import { type CoverageReport, coverageReport } from './coverage-report.ts';

/**
 * Sums up the lines found (`LF`) and hit (`LH`) of every file in a tracefile (`geninfo(1)`).
 *
 * @throws Error when it holds no complete record, contradicts itself or covers no line at all.
 */
export function parseLcovReport(text: string): CoverageReport {
  let lines = 0;
  let linesHit = 0;
  let record: { file: string; found?: number; hit?: number } | undefined;
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('SF:')) record = { file: line.slice(3) };
    else if (line.startsWith('LF:') && record) record.found = count(line);
    else if (line.startsWith('LH:') && record) record.hit = count(line);
    else if (line === 'end_of_record' && record) {
      const { file, found, hit } = record;
      if (found === undefined || hit === undefined) throw new Error(`no LF or LH for ${file}`);
      if (hit > found) throw new Error(`${file} has ${hit} of ${found} lines hit`);
      lines += found;
      linesHit += hit;
      record = undefined;
    }
  }
  if (record !== undefined) throw new Error(`the record of ${record.file} has no end`);
  return coverageReport(lines, linesHit);
}

function count(line: string): number {
  const digits = line.slice(3).trim();
  if (!/^\d+$/.test(digits)) throw new Error(`expected a whole number in ${line}`);
  return Number(digits);
}
