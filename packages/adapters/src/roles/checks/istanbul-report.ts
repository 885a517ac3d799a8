import { parseJson } from '@baton/core';
import { z } from 'zod';
import { type CoverageReport, coverageReport } from './coverage-report.ts';

const count = z.int().nonnegative();

const summary = z.object({
  total: z.object({ lines: z.object({ total: count, covered: count }) }),
});

/**
 * Reads the lines of `total` in a `json-summary` report of Istanbul (nyc, Jest, Vitest, c8). Its own
 * percentage is not taken: it may be rounded up.
 *
 * @throws Error when it is not such a report, contradicts itself or covers no line at all.
 */
export function parseIstanbulReport(text: string): CoverageReport {
  const document = parseJson(text);
  const parsed = summary.safeParse(document);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Error(`no json-summary: ${issue?.path.join('.')}: ${issue?.message}`);
  }
  const { total, covered } = parsed.data.total.lines;
  const files = Object.keys(document as object).filter((name) => name !== 'total');
  return coverageReport(total, covered, files);
}
