import { duration, plain } from '@baton/builds/internal';
import type { UsageRow } from '@baton/core';
import { table } from './table.ts';

/** The columns of a file for billing, by their names in the API. */
const COLUMNS = [
  'role',
  'model',
  'attempts',
  'durationMs',
  'requests',
  'inputTokens',
  'cachedInputTokens',
  'outputTokens',
  'reasoningTokens',
  'cost',
  'unpricedRequests',
  'unsettledTokens',
  'unsettledCost',
] as const satisfies readonly (keyof UsageRow)[];

export interface UsageSpan {
  readonly projectId: string;
  readonly from: string;
  readonly to: string;
}

/** Comma-separated values after RFC 4180: each line with its project and span, so that files can be joined. */
export function usageCsv({ projectId, from, to }: UsageSpan, rows: readonly UsageRow[]): string {
  const hasDays = rows.some(({ day }) => day !== undefined);
  const lines = [
    ['project', 'from', 'to', ...(hasDays ? ['day'] : []), ...COLUMNS],
    ...rows.map((row) => [
      ...[projectId, from, to],
      ...(hasDays ? [row.day ?? ''] : []),
      ...COLUMNS.map((column) => row[column]),
    ]),
  ];
  return lines.map((cells) => `${cells.map(csvCell).join(',')}\r\n`).join('');
}

/** Workers name their models: a spreadsheet must not take a name for a formula. */
function csvCell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function usageTable(rows: readonly UsageRow[], room: number): readonly string[] {
  const hasDays = rows.some(({ day }) => day !== undefined);
  return table(
    [
      ...(hasDays ? ['DAY'] : []),
      'ROLE',
      'MODEL',
      'ATTEMPTS',
      'TIME',
      'REQUESTS',
      'TOKENS IN',
      'TOKENS OUT',
      'COST',
    ],
    rows.map((row) => [
      ...(hasDays ? [row.day ?? ''] : []),
      plain(row.role),
      row.model === '' ? '-' : plain(row.model),
      String(row.attempts),
      duration(row.durationMs),
      String(row.requests),
      String(row.inputTokens),
      String(row.outputTokens),
      costOf(row),
    ]),
    room,
  );
}

/** More was spent than is known where a price is not. */
function costOf({ cost, unpricedRequests }: UsageRow): string {
  return `${unpricedRequests > 0 ? 'more than ' : ''}${cost.toFixed(2)}`;
}
