import { type CoverageReport, coverageReport } from './coverage-report.ts';
import { createLineHits } from './line-hits.ts';
import { wholeNumber } from './report-number.ts';
import { readXml } from './xml-report.ts';

/**
 * Counts the lines of a JaCoCo XML report. A line is hit when any of its instructions ran, as in JaCoCo's
 * LINE counter.
 *
 * @throws Error when the XML is not well-formed, is no such report, or covers no lines.
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
