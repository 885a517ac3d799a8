import { setImmediate as nextRound } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Connection, Exchange } from './connection.ts';
import { createReading } from './reading.ts';
import type { Scheduler } from './scheduler.ts';

interface Fake extends Connection {
  readonly isRead: () => boolean;
}

/** A connection as reading sees it, over HTTP/2 unless it says otherwise. */
function connection(protocol: 'session' | 'http1' = 'session'): Fake {
  let isRead = true;
  const handle = {
    readStop: () => {
      isRead = false;
    },
    readStart: () => {
      isRead = true;
    },
  };
  const socket = { _handle: handle, destroyed: false };
  const counts = { burst: 0, burstRound: -1, exchanges: new Set() };
  return { ...counts, socket, [protocol]: {}, isRead: () => isRead } as unknown as Fake;
}

/** A pace by hand: `nextTurn` lets what waits go on, `nextRound` ends the round. */
function readingOf(...connections: readonly Fake[]) {
  const limiter: (() => void)[] = [];
  const afterwards: (() => void)[] = [];
  let isLong = false;
  let mayBeLong = true;
  const scheduler: Scheduler = {
    enter: () => new Promise((resolve) => limiter.push(resolve)),
    arrived() {},
    worked() {},
    isLong: () => isLong,
    mayBeLong: () => mayBeLong,
    afterArrivals: (then) => afterwards.push(then),
    wake() {},
  };
  const all = new Map(connections.map((one, number) => [`${number}`, one]));
  return {
    reading: createReading(all, scheduler),
    makeLong() {
      isLong = true;
      mayBeLong = false;
    },
    endRound({ isEnough = true } = {}) {
      isLong = false;
      mayBeLong = isEnough;
      for (const then of afterwards.splice(0)) then();
    },
    async takeTurn() {
      limiter.shift()?.();
      await nextRound();
    },
  };
}

/** Whether one is read after another has ended in a long round. */
function readAfter(one: Fake): boolean {
  const leaving = connection();
  const { reading, makeLong } = readingOf(leaving, one);
  makeLong();
  reading.ending(leaving);
  return one.isRead();
}

describe('a connection', () => {
  it('that sends a burst while a round is long is read on when it is its turn', async () => {
    const sender = connection();
    const { reading, makeLong, endRound, takeTurn } = readingOf(sender);
    makeLong();
    for (let i = 0; i < 5; i++) reading.asked(sender);
    expect(sender.isRead()).toBe(false);
    endRound();
    expect(sender.isRead()).toBe(false);
    await takeTurn();
    expect(sender.isRead()).toBe(true);
  });

  it('that has sent nothing yet is not read in a long round, nor in those that have to be short', () => {
    const [sender, silent] = [connection(), connection()];
    const { reading, makeLong, endRound } = readingOf(sender, silent);
    reading.asked(sender);
    expect(silent.isRead()).toBe(true);
    makeLong();
    reading.answered(sender);
    expect(silent.isRead()).toBe(false);
    endRound({ isEnough: false });
    expect(silent.isRead()).toBe(false);
    endRound();
    expect(silent.isRead()).toBe(true);
  });

  it('is not read while others end with much that is open', () => {
    expect(readAfter(connection())).toBe(false);
  });

  it('is not read on in a long round once TLS has begun on it; before, it waits for that', () => {
    const waiting = Object.assign(connection(), { session: undefined });
    expect(readAfter(waiting)).toBe(true);
    expect(readAfter(Object.assign(waiting, { isTls: true }))).toBe(false);
  });

  it('that sends little is read whatever others send', () => {
    const [sender, modest] = [connection(), connection()];
    const { reading, makeLong, endRound } = readingOf(sender, modest);
    reading.asked(modest);
    endRound();
    makeLong();
    for (let i = 0; i < 200; i++) reading.asked(sender);
    expect(sender.isRead()).toBe(false);
    expect(modest.isRead()).toBe(true);
  });

  it('with many open requests over HTTP/1.1 is read on when some are answered', async () => {
    const pipelining = connection('http1');
    const { reading, takeTurn } = readingOf(pipelining);
    const open = Array.from({ length: 16 }, () => ({}) as Exchange);
    for (const exchange of open) pipelining.exchanges.add(exchange);
    reading.asked(pipelining);
    await takeTurn();
    expect(pipelining.isRead()).toBe(false);
    pipelining.exchanges.delete(open[0] as Exchange);
    reading.answered(pipelining);
    expect(pipelining.isRead()).toBe(true);
  });
});
