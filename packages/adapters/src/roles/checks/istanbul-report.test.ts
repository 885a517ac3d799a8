import { describe, expect, it } from 'vitest';
import { parseIstanbulReport } from './istanbul-report.ts';

const summary = (total: unknown, covered: unknown): string =>
  JSON.stringify({
    total: { lines: { total, covered, skipped: 0, pct: 99.99 }, branches: { total: 0 } },
    '/src/a.ts': { lines: { total: 1, covered: 1, skipped: 0, pct: 100 } },
  });

describe('a json-summary report', () => {
  it('counts the lines of the total, and rounds down', () => {
    expect(parseIstanbulReport(summary(3, 2))).toMatchObject({
      lines: 3,
      linesHit: 2,
      percent: 66.66,
      files: [{ path: '/src/a.ts' }],
    });
  });

  it('may begin with a byte order mark', () => {
    expect(parseIstanbulReport(`\ufeff${summary(4, 3)}`).percent).toBe(75);
  });

  it('may be the full report: a statement stands on the line that it begins on', () => {
    const at = (line: number) => ({
      start: { line, column: 0 },
      end: { line: line + 1, column: 1 },
    });
    const text = JSON.stringify({
      'C:\\work\\a.ts': {
        path: 'C:\\work\\a.ts',
        statementMap: { 0: at(1), 1: at(1), 2: at(4) },
        s: { 0: 0, 1: 2, 2: 0 },
      },
    });
    expect(parseIstanbulReport(text)).toMatchObject({
      lines: 2,
      linesHit: 1,
      files: [
        {
          path: 'C:/work/a.ts',
          hits: new Map([
            [1, true],
            [4, false],
          ]),
        },
      ],
    });
  });

  it.each([
    [
      'a full one with lines that are none',
      '{"a":{"statementMap":{"0":{"start":{"line":0}}},"s":{}}}',
      'no json report: a.statementMap.0.start.line',
    ],
    ['not JSON', '{"total": x7Kx2Lm9}', /^not JSON: expected a value at line 1, column 11$/],
    ['another document', '{"lines": 1}', 'no json-summary: total'],
    ['with words for numbers', summary('many', 1), 'total.lines.total'],
    ['with negative numbers', summary(5, -1), 'total.lines.covered'],
    ['over-covered', summary(1, 2), '2 of 1 lines are hit'],
    ['without lines', summary(0, 0), 'covers no lines'],
  ])('is not read when it is %s', (_, text, problem) => {
    expect(() => parseIstanbulReport(text)).toThrow(problem);
  });
});
