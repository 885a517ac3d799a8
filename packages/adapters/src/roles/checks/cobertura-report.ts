import { type CoverageReport, coverageReport } from './coverage-report.ts';
import { createLineHits } from './line-hits.ts';
import { isHit, wholeNumber } from './report-number.ts';
import { readXml } from './xml-report.ts';

/** A class whose element is open. */
interface OpenClass {
  readonly file: string;
  readonly own: [line: number, isHit: boolean][];
  readonly ofMethods: [line: number, isHit: boolean][];
}

/**
 * Counts the lines of a Cobertura report (coverage.py, gcovr, coverlet, cargo-tarpaulin …). Each line of a
 * file counts once, however many classes name it. Lines of methods count only when the class has none:
 * Istanbul lists additional lines there, those of the functions' names. The rates in the report are ignored,
 * because tools disagree about their meaning.
 *
 * @throws Error when the XML is not well-formed, is no such report, or covers no lines.
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
