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
    expect(parseCoberturaReport(report(a, b))).toMatchObject({
      lines: 3,
      linesHit: 2,
      percent: 66.66,
      files: [{ path: 'a.py' }, { path: 'b.py' }],
    });
  });

  it('counts a line once, however often it is named, as hit if any of them is', () => {
    const method = `<method name="f" signature=""><lines>${line(1, 0)}${line(2, 0)}</lines></method>`;
    const outer = classOf('A.java', line(1, 0) + line(2, 0), method);
    const inner = classOf('A.java', line(2, 5));
    expect(parseCoberturaReport(report(inner, outer))).toMatchObject({ lines: 2, linesHit: 1 });
  });

  it('counts lines of methods only in a class without lines of its own', () => {
    const method = `<method name="f"><lines>${line(1, 1)}${line(2, 0)}</lines></method>`;
    expect(parseCoberturaReport(report(classOf('a.js', line(2, 0), method)))).toMatchObject({
      lines: 1,
    });
    expect(parseCoberturaReport(report(classOf('a.js', '', method)))).toMatchObject({
      lines: 2,
      linesHit: 1,
    });
  });

  it.each([
    ['1,234', 1],
    ['1.8e+19', 1],
    ['2.0', 1],
    ['-5', 0],
  ])('may have hits as %s', (hits, linesHit) => {
    expect(parseCoberturaReport(report(classOf('a.py', line(1, hits))))).toMatchObject({
      lines: 1,
      linesHit,
    });
  });

  it('may begin with a byte order mark and blanks, and name files in other spellings', () => {
    const text = `\ufeff\n ${report(classOf('.\\src\\a.cs', line(1, 1)), classOf('src/a.cs', line(2, 0)))}`;
    expect(parseCoberturaReport(text)).toMatchObject({
      lines: 2,
      files: [{ path: 'src/a.cs', elsewhere: ['src/a.cs'] }],
    });
  });

  it.each([
    ['not XML', 'total', 'outside of root node'],
    ['another document', '<testsuites/>', 'the root element is not coverage'],
    ['cut off', report(classOf('a.py', line(1, 1))).slice(0, -20), 'unclosed tag'],
    ['without lines', report(), 'covers no lines'],
    ['with words for numbers', report(classOf('a.py', line(1, 'many'))), "has hits 'many'"],
    ['with endless numbers', report(classOf('a.py', line(1, '9'.repeat(310)))), "has hits '999"],
    ['with a negative line', report(classOf('a.py', line(-1, 1))), "has number '-1'"],
  ])('is not read when it is %s', (_, text, problem) => {
    expect(() => parseCoberturaReport(text)).toThrow(problem);
  });
});
