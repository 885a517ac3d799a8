import { describe, expect, it } from 'vitest';
import { parseIstanbulReport } from './istanbul-report.ts';

const summary = (total: unknown, covered: unknown): string =>
  JSON.stringify({
    total: { lines: { total, covered, skipped: 0, pct: 99.99 }, branches: { total: 0 } },
    '/src/a.ts': { lines: { total: 1, covered: 1, skipped: 0, pct: 100 } },
  });

describe('a json-summary report', () => {
  it('counts the lines of the total, and rounds down', () => {
    expect(parseIstanbulReport(summary(3, 2))).toEqual({
      lines: 3,
      linesHit: 2,
      percent: 66.66,
      files: ['/src/a.ts'],
    });
  });

  it.each([
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
