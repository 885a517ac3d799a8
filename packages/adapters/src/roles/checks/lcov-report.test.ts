import { describe, expect, it } from 'vitest';
import { parseLcovReport } from './lcov-report.ts';

const record = (file: string, found: number, hit: number): string =>
  `TN:\nSF:${file}\nFN:1,main\nFNF:1\nFNH:1\nLF:${found}\nLH:${hit}\nBRF:0\nBRH:0\nend_of_record\n`;

const LONG = '9'.repeat(310);

const single = (hits: string): string => `SF:a\nDA:1,${hits}\nLF:1\nLH:1\nend_of_record\n`;

describe('an lcov report', () => {
  it('sums lines over files', () => {
    expect(parseLcovReport(record('a.ts', 10, 9) + record('b.ts', 30, 15))).toMatchObject({
      lines: 40,
      linesHit: 24,
      percent: 60,
      files: [{ path: 'a.ts' }, { path: 'b.ts' }],
    });
  });

  it('may have the line ends of Windows', () => {
    const text = record('a.ts', 4, 3).replaceAll('\n', '\r\n');
    expect(parseLcovReport(text).percent).toBe(75);
  });

  it('never rounds up over a threshold', () => {
    expect(parseLcovReport(record('a.ts', 100_000, 79_999)).percent).toBe(79.99);
    expect(parseLcovReport(record('a.ts', 3, 2)).percent).toBe(66.66);
    expect(parseLcovReport(record('a.ts', 7, 7)).percent).toBe(100);
  });

  const lines = (file: string, hits: Record<number, number>): string => {
    const entries = Object.entries(hits);
    const hit = entries.filter(([, count]) => count > 0).length;
    const da = entries.map(([line, count]) => `DA:${line},${count}\n`).join('');
    return `SF:${file}\n${da}LF:${entries.length}\nLH:${hit}\nend_of_record\n`;
  };

  it('counts a line once, in however many records its file is', () => {
    const covered = lines('a.ts', { 1: 1, 2: 1, 3: 1 });
    const text = covered.repeat(50) + lines('b.ts', { 1: 0, 2: 0, 3: 0 });
    expect(parseLcovReport(text)).toMatchObject({
      lines: 6,
      linesHit: 3,
      percent: 50,
      files: [{ path: 'a.ts' }, { path: 'b.ts' }],
    });
    // Each test run hit another line.
    const runs = lines('a.ts', { 1: 1, 2: 0, 3: 0 }) + lines('a.ts', { 1: 0, 2: 5, 3: 0 });
    expect(parseLcovReport(runs)).toMatchObject({
      lines: 3,
      linesHit: 2,
      percent: 66.66,
      files: [{ path: 'a.ts' }],
    });
  });

  it('takes the best record of a file that has no single lines', () => {
    const one = 'SF:a.ts\nLF:10\nLH:4\nend_of_record\n';
    const two = 'SF:a.ts\nLF:10\nLH:9\nend_of_record\n';
    expect(parseLcovReport(one + two + one)).toMatchObject({
      lines: 10,
      linesHit: 9,
      percent: 90,
      files: [{ path: 'a.ts' }],
    });
  });

  it.each([
    ['without sums, as simplecov-lcov writes them', 'SF:./a.rb\nDA:1,1\nDA:2,0\nend_of_record\n'],
    ['with one sum', 'SF:a.rb\nDA:1,1\nDA:2,0\nLH:1\nend_of_record\n'],
    [
      'beside files without statements, as coverage.py writes them',
      'SF:pkg/__init__.py\nend_of_record\nSF:a.py\nDA:1,1\nDA:2,0\nLF:2\nLH:1\nend_of_record\n',
    ],
    [
      'beside an empty file with a line 0, as coverage.py 6 writes it',
      'SF:b.py\nDA:0,1,x\nLF:0\nLH:1\nend_of_record\nSF:a.py\nDA:1,1\nDA:2,0\nend_of_record\n',
    ],
    [
      'beside branches alone',
      'SF:b.rb\n\nBRF:0\nBRH:0\nend_of_record\nSF:a.rb\nDA:1,1\nDA:2,0\nend_of_record\n',
    ],
    [
      'with a byte order mark, blanks and trailing spaces',
      '\ufeff\n  TN: \n SF:a.ts \r\nDA:1,1 \r\n\nDA: 2, 0,abc= \r\n LF: 2 \nLH:1\t\nend_of_record \r\n\n',
    ],
    ['with checksums', 'TN:\nSF:a.py\nDA:1,1,fDjg/Y3v+7R==\nDA:2,0,KZZap\nend_of_record\n'],
    [
      'by two spellings of one path',
      'SF:./src/a.cs\nDA:1,1\nend_of_record\nSF:src\\a.cs\nDA:1,0\nDA:2,0\nend_of_record\n',
    ],
  ])('may have lines %s', (_, text) => {
    expect(parseLcovReport(text)).toMatchObject({ lines: 2, linesHit: 1, percent: 50 });
  });

  it('may have sums in groups of digits', () => {
    expect(parseLcovReport('SF:a\nLF:1,000\nLH:9e2\nend_of_record\n').percent).toBe(90);
  });

  it('believes the lines, not the sums', () => {
    expect(parseLcovReport('SF:a\nDA:1,1\nDA:2,0\nLF:2\nLH:2\nend_of_record\n').percent).toBe(50);
  });

  it.each([
    ['18446744073709551615', 1],
    ['1.84467440737096e+19', 1],
    ['-5', 0],
  ])('may have hits that were added up too far: %s', (hits, linesHit) => {
    expect(parseLcovReport(single(hits))).toMatchObject({ lines: 1, linesHit });
  });

  it.each([
    ['empty', '', 'covers no lines'],
    ['without lines', record('a.ts', 0, 0), 'covers no lines'],
    [
      'cut off between two records',
      `SF:a.ts\nDA:1,1\n${record('b.ts', 1, 1)}`,
      'of a.ts has no end',
    ],
    ['cut off', `${record('a.ts', 1, 1)}SF:b.ts\nLF:5\n`, 'the record of b.ts has no end'],
    ['without LF', 'SF:a.ts\nLH:1\nend_of_record\n', 'no LF or LH for a.ts'],
    ['without LH', 'SF:a.ts\nLF:1\nend_of_record\n', 'no LF or LH for a.ts'],
    ['over-covered', record('a.ts', 1, 2), '2 of 1 lines hit'],
    ['with words for numbers', 'SF:a.ts\nLF:many\nLH:1\nend_of_record\n', "LF is 'many'"],
    ['with negative numbers', 'SF:a.ts\nLF:5\nLH:-1\nend_of_record\n', "LH is '-1'"],
    ['with endless numbers', `${record('a.ts', 1, 0)}SF:b\nLF:${LONG}\nLH:${LONG}\n`, "LF is '999"],
    ['with absurdly many lines', record('a.ts', 1e15, 1e15), 'covers 1000000000000000 lines'],
    ['with hits that are not finite', single('Infinity'), 'its hits in DA:1,Infinity'],
    ['with endless hits', single(LONG), 'its hits in DA:1,999'],
    ['with an endless line', 'SF:a\nDA:999999999999999999999,1\n', "DA has line '999"],
  ])('is not read when it is %s', (_, text, problem) => {
    expect(() => parseLcovReport(text)).toThrow(problem);
  });
});
