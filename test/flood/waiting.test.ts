import { describe, expect, it } from 'vitest';
import { type Moment, momentAfter, momentAt, servedInMs, watchMoments } from './waiting.ts';

const COUNTS = { atMs: 1000, serverRanMs: 50, awayMs: 30, starvedMs: 20 };
const START: Moment = { atMs: 1000, freeMs: 500, workedMs: 100 };

/** What it is 100 ms later. */
function later({ worked = 0, away = 0, starved = 0 }): Moment {
  return momentAfter(START, COUNTS, {
    atMs: COUNTS.atMs + 100,
    serverRanMs: COUNTS.serverRanMs + worked,
    awayMs: COUNTS.awayMs + away,
    starvedMs: COUNTS.starvedMs + starved,
  });
}

describe('the time that a server makes a call wait', () => {
  it('is all of it on an idle machine, whether the server works or not', () => {
    expect(servedInMs(START, later({ worked: 100 }))).toBe(100);
    expect(servedInMs(START, later({}))).toBe(100);
  });

  it('is not the time in which others had the processors', () => {
    expect(servedInMs(START, later({ worked: 10, starved: 90 }))).toBe(10);
  });

  it('is what the server worked in any case, while there was a caller to see an answer', () => {
    expect(servedInMs(START, later({ worked: 60, starved: 90 }))).toBe(60);
    expect(servedInMs(START, later({ worked: 60, starved: 90, away: 70 }))).toBe(30);
  });
});

it('is not the time that this process itself works', () => {
  const moments = watchMoments(process.ppid);
  const before = moments.now();
  while (performance.now() < before.atMs + 50);
  const after = moments.now();
  // This process was away all the time, so that no server made it wait.
  expect(servedInMs(before, after)).toBeLessThan(after.atMs - before.atMs);
  moments.close();
});

it('between two moments is what lies between them', () => {
  const after = { atMs: 1100, freeMs: 520, workedMs: 140 };
  expect(momentAt(1025, START, after)).toEqual({ atMs: 1025, freeMs: 505, workedMs: 110 });
});
