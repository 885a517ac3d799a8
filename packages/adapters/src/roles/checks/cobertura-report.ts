import { type CoverageReport, coverageReport } from './coverage-report.ts';
import { createLineHits } from './line-hits.ts';
import { isHit, wholeNumber } from './report-number.ts';
import { readXml } from './xml-report.ts';

/** A class that is being read. */
interface OpenClass {
  readonly file: string;
  readonly own: [line: number, isHit: boolean][];
  readonly ofMethods: [line: number, isHit: boolean][];
}

/**
 * Counts the lines of a Cobertura report (coverage.py, gcovr, coverlet, cargo-tarpaulin …), each
 * line of a file once, however many classes name it. What a class has for its methods counts only where
 * it has no lines of its own: Istanbul lists more there, the lines of the functions' names. The report's own rates are not
 * taken: tools disagree on what they are rates of.
 *
 * @throws Error when it is not well-formed, not such a report, or covers no line at all.
 */
export function parseCoberturaReport(xml: string): CoverageReport {
  const files = createLineHits();
  const sources: string[] = [];
  let source: string | undefined;
  let current: OpenClass | undefined;
  let isInMethod = false;
  let isReport = false;
  readXml(xml, {
    open(tag, attributes, depth) {
      if (depth === 0) isReport = tag === 'coverage';
      if (tag === 'source') source = '';
      if (tag === 'class') {
        current = { file: attributes['filename'] ?? '', own: [], ofMethods: [] };
      }
      if (tag === 'method') isInMethod = true;
      if (tag !== 'line' || current === undefined) return;
      (isInMethod ? current.ofMethods : current.own).push([
        wholeNumber(attributes['number'], 'a line has number'),
        isHit(attributes['hits'], 'a line has hits'),
      ]);
    },
    text(text) {
      if (source !== undefined) source += text;
    },
    close(tag) {
      if (tag === 'method') isInMethod = false;
      if (tag === 'class' && current !== undefined) {
        const { file, own, ofMethods } = current;
        files.sum(file, 0, 0);
        for (const line of own.length > 0 ? own : ofMethods) files.add(file, ...line);
        current = undefined;
      }
      if (tag !== 'source' || source === undefined) return;
      sources.push(source);
      source = undefined;
    },
  });
  if (!isReport) throw new Error('the root element is not coverage');
  files.within(sources);
  return coverageReport(files.files());
}
