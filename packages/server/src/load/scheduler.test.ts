import { setImmediate as nextRound } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Connection } from './connection.ts';
import type { MemoryBudget } from './memory-budget.ts';
import { createScheduler, type PieceKind } from './scheduler.ts';

const MIB = 1024 * 1024;

/** What pace looks at of a connection, whose next reply is likely to have that many bytes. */
function connection(expectedBytes = 0): Connection {
  return { clockMs: 0, burst: 0, expectedBytes, exchanges: new Set() } as unknown as Connection;
}

const ROOM: Pick<MemoryBudget, 'isFor' | 'expected'> = {
  isFor: () => true,
  expected: ({ expectedBytes = 0 }) => expectedBytes,
};

function paceOf(budget: typeof ROOM) {
  return createScheduler({ ...budget, reserve: () => ({ made() {}, release() {} }) });
}

/** A pace for which enough has come in, and what it lets begin, in that order. */
function longPace(budget = ROOM) {
  const scheduler = paceOf(budget);
  const begun: string[] = [];
  scheduler.worked('end', 50);
  expect(scheduler.isLong()).toBe(true);
  const enter = (name: string, from: Connection, kind: PieceKind, bytes?: number) => {
    const turn = scheduler.enter(from, kind, bytes);
    expect(turn, `${name} has to wait`).toBeDefined();
    return turn?.then(() => {
      begun.push(name);
    });
  };
  return { scheduler, begun, enter };
}

describe('work', () => {
  it('begins at once while the event loop goes round fast', () => {
    const scheduler = paceOf(ROOM);
    for (let i = 0; i < 10; i++) expect(scheduler.enter(connection(), 'start')).toBeUndefined();
  });

  it('on a small request that has begun goes on at once', () => {
    const { scheduler } = longPace();
    expect(scheduler.enter(connection(1000), 'request')).toBeUndefined();
  });

  it('of a connection that asks little begins before that of those with more', async () => {
    const { begun, enter } = longPace();
    const [greedy, modest] = [connection(), connection()];
    const all = [
      enter('greedy 1', greedy, 'start'),
      enter('greedy 2', greedy, 'start'),
      enter('modest', modest, 'start'),
    ];
    await Promise.all(all);
    expect(begun).toEqual(['greedy 1', 'modest', 'greedy 2']);
  });

  it('is shared alike by what it costs, not by how much is asked', async () => {
    const { begun, enter } = longPace();
    const [costly, cheap] = [connection(), connection()];
    const all = [];
    for (let i = 0; i < 2; i++) all.push(enter('costly', costly, 'reply', MIB / 8));
    for (let i = 0; i < 4; i++) all.push(enter('cheap', cheap, 'start'));
    await Promise.all(all);
    expect(begun).toEqual(['cheap', 'cheap', 'costly', 'cheap', 'cheap', 'costly']);
  });

  it('that is large leaves some rounds to what is small, also to what comes later', async () => {
    const { scheduler, begun, enter } = longPace();
    const [one, other] = [enter('one', connection(), 'reply', 2 * MIB), connection()];
    const last = enter('other', other, 'reply', 2 * MIB);
    await one;
    const rounds = await countRounds(last as Promise<void>);
    expect(rounds).toBeGreaterThan(2);
    expect(begun).toEqual(['one', 'other']);
    expect(scheduler.enter(connection(), 'start')).toBeUndefined();
  });

  it.each(['request', 'reply'] as const)(
    'on a large %s gets its turn, however much comes in',
    async (kind) => {
      const { scheduler, enter } = longPace();
      let isOver = false;
      enter('large', connection(), kind, 2 * MIB)?.then(() => {
        isOver = true;
      });
      const busy = connection();
      for (let rounds = 0; rounds < 20 && !isOver; rounds++) {
        for (let i = 0; i < 50; i++) scheduler.arrived(busy);
        await nextRound();
      }
      expect(isOver).toBe(true);
    },
  );

  it('has no claim on the time that passed while there was no room for it', async () => {
    const [blocked, other] = [connection(), connection()];
    const budget = { ...ROOM, isFor: (asks: Connection) => asks !== blocked };
    const { enter } = longPace(budget);
    enter('blocked', blocked, 'start');
    for (let i = 0; i < 4; i++) await enter('other', other, 'reply', MIB);
    // What the first two pieces of the other one cost, at least.
    expect(blocked.clockMs).toBeGreaterThanOrEqual(8);
  });

  it('begins in the same round that it came in, however long that was', async () => {
    const { begun, enter } = longPace();
    const turn = enter('start', connection(), 'start');
    await nextRound();
    await turn;
    expect(begun).toEqual(['start']);
  });
});

describe('reading on', () => {
  it('after a burst leaves some rounds to what is small', async () => {
    const { scheduler, enter } = longPace();
    const sender = Object.assign(connection(), { burst: 50 });
    const rounds = await countRounds(enter('read', sender, 'read') as Promise<void>);
    expect(rounds).toBeGreaterThan(2);
    expect(scheduler.mayBeLong()).toBe(false);
  });

  it('comes after what the connection has sent', async () => {
    const { begun, enter } = longPace();
    const sender = connection();
    await Promise.all([enter('read', sender, 'read'), enter('start', sender, 'start')]);
    expect(begun).toEqual(['start', 'read']);
  });

  it('needs no room: the connection may tell that it has read', async () => {
    const { begun, enter } = longPace({ ...ROOM, isFor: () => false });
    const full = connection();
    enter('start', full, 'start');
    await enter('read', full, 'read');
    expect(begun).toEqual(['read']);
  });
});

async function countRounds(until: Promise<void>): Promise<number> {
  let isOver = false;
  until.then(() => {
    isOver = true;
  });
  let rounds = 0;
  for (; !isOver; rounds++) await nextRound();
  return rounds;
}
