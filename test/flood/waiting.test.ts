import { describe, expect, it } from 'vitest';
import { type Moment, momentAt, servedInMs, watchMoments } from './waiting.ts';

const START: Moment = { atMs: 1000, serverRanMs: 50, othersMs: 20 };

/** What it is 100 ms later. */
function later(serverRanMs: number, othersMs: number): Moment {
  const { atMs, ...then } = START;
  return {
    atMs: atMs + 100,
    serverRanMs: then.serverRanMs + serverRanMs,
    othersMs: then.othersMs + othersMs,
  };
}

describe('the time that a server makes a call wait', () => {
  it('is all of it on an idle machine, whether the server works or not', () => {
    expect(servedInMs(START, later(100, 0))).toBe(100);
    expect(servedInMs(START, later(0, 0))).toBe(100);
  });

  it('is not the time in which others had the processors', () => {
    expect(servedInMs(START, later(10, 90))).toBe(10);
  });

  it('is what the server worked in any case', () => {
    expect(servedInMs(START, later(60, 90))).toBe(60);
  });

  it('grows as the server works', () => {
    const moments = watchMoments(process.pid);
    const before = moments.now();
    while (moments.now().serverRanMs === before.serverRanMs);
    expect(servedInMs(before, moments.now())).toBeGreaterThan(0);
    moments.close();
  });
});

it('between two moments is what lies between them', () => {
  const quarter = { atMs: 1025, serverRanMs: 60, othersMs: 25 };
  expect(momentAt(1025, START, later(40, 20))).toEqual(quarter);
});
