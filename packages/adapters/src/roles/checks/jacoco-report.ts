import { type CoverageReport, coverageReport } from './coverage-report.ts';
import { createLineHits } from './line-hits.ts';
import { wholeNumber } from './report-number.ts';
import { readXml } from './xml-report.ts';

/**
 * Counts the lines of a JaCoCo report in XML. A line is hit when any of its instructions was run, as
 * JaCoCo's own LINE counter has it.
 *
 * @throws Error when it is not well-formed, not such a report, or covers no line at all.
 */
export function parseJacocoReport(xml: string): CoverageReport {
  const files = createLineHits();
  let isReport = false;
  let folder = '';
  let file: string | undefined;
  readXml(xml, {
    open(tag, attributes, depth) {
      if (depth === 0) isReport = tag === 'report';
      if (tag === 'package') folder = attributes['name'] ?? '';
      if (tag === 'sourcefile') {
        file = [folder, attributes['name']].filter(Boolean).join('/');
        files.sum(file, 0, 0);
      }
      if (tag !== 'line' || file === undefined) return;
      const number = wholeNumber(attributes['nr'], 'a line has nr');
      files.add(file, number, wholeNumber(attributes['ci'], 'a line has ci') > 0);
    },
    close(tag) {
      if (tag === 'sourcefile') file = undefined;
    },
  });
  if (!isReport) throw new Error('the root element is not report');
  return coverageReport(files.files());
}
