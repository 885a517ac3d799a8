import type { UsageRow } from '@baton/core/api';
import { expect, it } from 'vitest';
import { daysIn, spanOf } from './span.ts';
import { daysOf, groupsOf } from './usage.ts';

const row = (role: string, day: string, inputTokens: number) =>
  ({
    ...{ role, day, model: 'm', attempts: 1, requests: 2, inputTokens, outputTokens: 1 },
    ...{ cost: 0.5, durationMs: 100, unpricedRequests: 0 },
  }) as UsageRow;

const ROWS = [
  row('code_writer', '2026-01-30', 10),
  row('code_writer', '2026-01-31', 20),
  row('q_assistant', '2026-01-31', 5),
];
const DAYS = ['2026-01-29', '2026-01-30', '2026-01-31'];

it('adds up the days of each role and model', () => {
  expect(groupsOf(ROWS)).toMatchObject([
    { role: 'code_writer', inputTokens: 30, attempts: 2, cost: 1 },
    { role: 'q_assistant', inputTokens: 5, attempts: 1 },
  ]);
});

it('tells of each day, and of those on which nothing was used', () => {
  expect(daysOf(ROWS, DAYS, '').map(({ inputTokens }) => inputTokens)).toEqual([0, 10, 25]);
  expect(daysOf(ROWS, DAYS, 'q_assistant').map(({ inputTokens }) => inputTokens)).toEqual([
    0, 0, 5,
  ]);
});

it('counts today among the last days, and names each', () => {
  const span = spanOf(3, Date.UTC(2026, 0, 31, 23));
  expect(span).toEqual({ from: '2026-01-29', to: '2026-02-01' });
  expect(daysIn(span)).toEqual(DAYS);
});
