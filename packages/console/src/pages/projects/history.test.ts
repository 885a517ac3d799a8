import type { ProjectDay } from '@baton/core/api';
import { expect, it } from 'vitest';
import { series, statesOf, successOf } from './history.ts';

const DAYS: readonly ProjectDay[] = [
  {
    ...{ day: '2026-01-30', started: 2, completed: 1, completedDurationMs: 10 },
    ...{ failures: { testing: 1 }, cancellations: {}, retries: { testing: 2 }, rollbacks: {} },
    phases: { testing: { count: 1, durationMs: 100 } },
  },
  {
    ...{ day: '2026-01-31', started: 1, completed: 2, completedDurationMs: 10 },
    ...{
      failures: {},
      cancellations: { testing: 3 },
      retries: { verification: 1 },
      rollbacks: { error: 1 },
    },
    phases: { testing: { count: 3, durationMs: 500 } },
  },
];

it('adds up what happened in each state, and how long it took there', () => {
  expect(statesOf(DAYS)).toEqual([
    { state: 'testing', failures: 1, cancellations: 3, retries: 2, rollbacks: 0, averageMs: 150 },
    {
      state: 'verification',
      failures: 0,
      cancellations: 0,
      retries: 1,
      rollbacks: 0,
      averageMs: undefined,
    },
    {
      state: 'error',
      failures: 0,
      cancellations: 0,
      retries: 0,
      rollbacks: 1,
      averageMs: undefined,
    },
  ]);
});

it('says how many of the builds that ended were completed', () => {
  expect(successOf(DAYS)).toBe(0.75);
  expect(successOf([])).toBeUndefined();
});

it('has a number for each day', () => {
  const names = ['2026-01-29', '2026-01-30', '2026-01-31'];
  expect(series(DAYS, names, ({ started }) => started).map(({ value }) => value)).toEqual([
    0, 2, 1,
  ]);
});
