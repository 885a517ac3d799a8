import { expect, test } from 'vitest';
import { duration, moment, stopwatch } from './times.ts';

test('a duration has the unit that suits its length', () => {
  const found = [0, 840, 12_340, 59_949, 59_950, 245_000, 3_599_600, 7_380_000].map(duration);
  expect(found).toEqual(['0.0s', '0.8s', '12.3s', '59.9s', '1m 00s', '4m 05s', '1h 00m', '2h 03m']);
});

test('a stopwatch shows hours only when there are any, and never less than nothing', () => {
  expect([-5, 7_900, 765_000, 3_723_000].map(stopwatch)).toEqual([
    '0:00',
    '0:07',
    '12:45',
    '1:02:03',
  ]);
});

test('a moment is readable in the time zone of this machine', () => {
  expect(moment(new Date(2026, 2, 1, 14, 5, 9).getTime())).toBe('2026-03-01 14:05:09');
});
