import { SaxesParser } from 'saxes';
import { type CoverageReport, coverageReport } from './coverage-report.ts';
import { wholeNumber } from './report-number.ts';

/**
 * Counts the lines of a Cobertura report (coverage.py, gcovr, coverlet, cargo-tarpaulin …), each
 * line of a file once, however many classes and methods name it. The report's own rates are not
 * taken: tools disagree on what they are rates of.
 *
 * @throws Error when it is not well-formed, not such a report, or covers no line at all.
 */
export function parseCoberturaReport(xml: string): CoverageReport {
  const hits = new Map<string, boolean>();
  const open: string[] = [];
  const files = new Set<string>();
  let file = '';
  let isReport = false;
  const parser = new SaxesParser();
  parser.on('opentag', ({ name, attributes }) => {
    if (open.length === 0) isReport = name === 'coverage';
    open.push(name);
    if (name === 'class') {
      file = attributes['filename'] ?? '';
      if (file !== '') files.add(file);
    }
    if (name !== 'line' || !open.includes('class')) return;
    const line = `${file}\0${wholeNumber(attributes['number'], 'a line has number')}`;
    const isHit = wholeNumber(attributes['hits'], 'a line has hits') > 0;
    hits.set(line, isHit || hits.get(line) === true);
  });
  parser.on('closetag', () => {
    open.pop();
  });
  parser.write(xml.replace(/^\ufeff/, '')).close();
  if (!isReport) throw new Error('the root element is not coverage');
  return coverageReport(hits.size, [...hits.values()].filter(Boolean).length, [...files]);
}
