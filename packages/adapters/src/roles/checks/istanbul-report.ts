import { parseJson } from '@baton/core/internal';
import { z } from 'zod';
import { type CoverageReport, coverageReport, type FileCoverage } from './coverage-report.ts';
import { createLineHits } from './line-hits.ts';
import { reportPath } from './reports-folder.ts';

const count = z.int().nonnegative();
const lines = z.object({ lines: z.object({ total: count, covered: count }) });

const summary = z.object({ total: lines }).catchall(lines);

const full = z.record(
  z.string(),
  z.object({
    path: z.string().optional(),
    statementMap: z.record(z.string(), z.object({ start: z.object({ line: z.int().positive() }) })),
    s: z.record(z.string(), z.number()),
  }),
);

/**
 * Reads a JSON report of Istanbul (nyc, Jest, Vitest, c8): `json-summary`, whose percentages are ignored
 * because they may be rounded up, or `json`, which lists single lines.
 *
 * @throws Error when the text is no such report, contradicts itself or covers no lines.
 */
export function parseIstanbulReport(text: string): CoverageReport {
  const document = parseJson(text.trim());
  const isFull =
    isObject(document) &&
    Object.values(document).some((one) => isObject(one) && 'statementMap' in one);
  return isFull ? readFull(document) : readSummary(document);
}

function readSummary(document: unknown): CoverageReport {
  const { total, ...files } = check(summary, document, 'json-summary');
  return coverageReport(
    Object.entries(files).map(([path, one]): FileCoverage => {
      const { total: lines, covered: linesHit } = one.lines;
      return { path: reportPath(path), lines, linesHit, hits: new Map() };
    }),
    { lines: total.lines.total, linesHit: total.lines.covered },
  );
}

/** Counts lines as Istanbul does: a statement belongs to the line on which it begins. */
function readFull(document: unknown): CoverageReport {
  const files = createLineHits();
  for (const [name, { path = name, statementMap, s }] of Object.entries(
    check(full, document, 'json report'),
  )) {
    files.sum(path, 0, 0);
    for (const [id, { start }] of Object.entries(statementMap)) {
      files.add(path, start.line, (s[id] ?? 0) > 0);
    }
  }
  return coverageReport(files.files());
}

function check<T>(schema: z.ZodType<T>, document: unknown, what: string): T {
  const parsed = schema.safeParse(document);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(`no ${what}: ${issue?.path.join('.')}: ${issue?.message}`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
