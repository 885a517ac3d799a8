import { describe, expect, it } from 'vitest';
import { type Moment, momentAt, servedInMs, watchMoments } from './waiting.ts';

const START: Moment = { atMs: 1000, serverRanMs: 50, awayMs: 30, starvedMs: 20 };

/** What it is 100 ms later. */
function later({ worked = 0, away = 0, starved = 0 }): Moment {
  return {
    atMs: START.atMs + 100,
    serverRanMs: START.serverRanMs + worked,
    awayMs: START.awayMs + away,
    starvedMs: START.starvedMs + starved,
  };
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

it('is known for a process that works, and for the one that looks', () => {
  const moments = watchMoments(process.pid);
  const before = moments.now();
  while (moments.now().serverRanMs === before.serverRanMs);
  expect(moments.now().awayMs).toBeGreaterThan(before.awayMs);
  moments.close();
});

it('between two moments is what lies between them', () => {
  const quarter = { atMs: 1025, serverRanMs: 60, awayMs: 35, starvedMs: 25 };
  expect(momentAt(1025, START, later({ worked: 40, away: 20, starved: 20 }))).toEqual(quarter);
});
