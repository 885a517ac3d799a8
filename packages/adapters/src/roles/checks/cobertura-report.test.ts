import { describe, expect, it } from 'vitest';
import { parseCoberturaReport } from './cobertura-report.ts';

const line = (number: number | string, hits: number | string): string =>
  `<line number="${number}" hits="${hits}"/>`;

const classOf = (file: string, lines: string, methods = ''): string =>
  `<class name="x" filename="${file}"><methods>${methods}</methods><lines>${lines}</lines></class>`;

const report = (...classes: string[]): string => `<?xml version="1.0"?>
<!DOCTYPE coverage SYSTEM "http://cobertura.sourceforge.net/xml/coverage-04.dtd">
<coverage line-rate="1" lines-valid="1" lines-covered="1"><sources><source>.</source></sources>
<packages><package name="p"><classes>${classes.join('')}</classes></package></packages></coverage>`;

describe('a cobertura report', () => {
  it('counts the lines of all files, whatever its rates say', () => {
    const a = classOf('a.py', line(1, 3) + line(2, 0));
    const b = classOf('b.py', line(1, 1));
    expect(parseCoberturaReport(report(a, b))).toEqual({
      lines: 3,
      linesHit: 2,
      percent: 66.66,
      files: ['a.py', 'b.py'],
    });
  });

  it('counts a line once, however often it is named, as hit if any of them is', () => {
    const method = `<method name="f" signature=""><lines>${line(1, 0)}${line(2, 0)}</lines></method>`;
    const outer = classOf('A.java', line(1, 0) + line(2, 0), method);
    const inner = classOf('A.java', line(2, 5));
    expect(parseCoberturaReport(report(inner, outer))).toMatchObject({ lines: 2, linesHit: 1 });
  });

  it.each([
    ['not XML', 'total', 'outside of root node'],
    ['another document', '<testsuites/>', 'the root element is not coverage'],
    ['cut off', report(classOf('a.py', line(1, 1))).slice(0, -20), 'unclosed tag'],
    ['without lines', report(), 'covers no lines'],
    ['with words for numbers', report(classOf('a.py', line(1, 'many'))), "has hits 'many'"],
    ['with endless numbers', report(classOf('a.py', line(1, '9'.repeat(310)))), "has hits '999"],
    ['with negative numbers', report(classOf('a.py', line(1, -1))), "has hits '-1'"],
  ])('is not read when it is %s', (_, text, problem) => {
    expect(() => parseCoberturaReport(text)).toThrow(problem);
  });
});
