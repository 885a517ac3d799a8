import { describe, expect, it } from 'vitest';
import type { Connection } from './connection.ts';
import { createPace, type PieceKind } from './pace.ts';
import type { Room } from './room.ts';

/** What pace looks at of a connection. */
function connection({ pieceMs = 1, expectedBytes = 0 } = {}): Connection {
  const counts = { clockMs: 0, pieceMs, burst: 0, burstRound: 0, makingBytes: 0 };
  const unread = { bytes: 0, at: 0 };
  return { ...counts, expectedBytes, unread, exchanges: new Set() } as unknown as Connection;
}

const ROOM: Pick<Room, 'isFor' | 'isLarge'> = {
  isFor: () => true,
  isLarge: ({ expectedBytes = 0 }: Connection) => expectedBytes > 0,
};

/** The clock of all paces here. */
let now = 0;
/** By default it takes longer than a round may, so that what comes next waits. */
function busy(ms = 12): void {
  now += ms;
}

function paceOf(room: typeof ROOM) {
  return createPace({ ...room, reserve: () => ({ made() {}, release() {} }) }, () => now);
}

/** A pace whose round is over, and what it lets begin, in that order. */
function slowPace(room = ROOM) {
  const pace = paceOf(room);
  const begun: string[] = [];
  expect(pace.enter(connection(), 'reply')).toBeUndefined();
  busy();
  const enter = (name: string, from: Connection, kind: PieceKind, takesMs = 0) => {
    const turn = pace.enter(from, kind);
    expect(turn, `${name} has to wait`).toBeDefined();
    return turn?.then(() => {
      begun.push(name);
      busy(takesMs);
    });
  };
  return { pace, begun, enter };
}

describe('work', () => {
  it('begins at once while the event loop goes round fast', () => {
    const pace = paceOf(ROOM);
    for (let i = 0; i < 10; i++) expect(pace.enter(connection(), 'request')).toBeUndefined();
  });

  it('of a connection that asks little begins before that of those with more', async () => {
    const { begun, enter } = slowPace();
    const [greedy, modest] = [connection({ pieceMs: 8 }), connection()];
    const all = [
      enter('greedy 1', greedy, 'request', 8),
      enter('greedy 2', greedy, 'request', 8),
      enter('modest', modest, 'request'),
    ];
    await Promise.all(all);
    expect(begun).toEqual(['modest', 'greedy 1', 'greedy 2']);
  });

  it('is shared alike by what it takes, not by how much is asked', async () => {
    const { begun, enter } = slowPace();
    const [slow, quick] = [connection(), connection()];
    const all = [];
    for (let i = 0; i < 3; i++) all.push(enter('slow', slow, 'request', 6));
    for (let i = 0; i < 3; i++) all.push(enter('quick', quick, 'request', 1));
    await Promise.all(all);
    expect(begun).toEqual(['slow', 'quick', 'quick', 'quick', 'slow', 'slow']);
  });

  it.each(['large request', 'large reply'] as const)(
    'gives a %s a round for itself, after what is small',
    async (kind) => {
      const { pace, begun, enter } = slowPace();
      const large = enter('large', connection(), kind);
      const small = enter('small', connection({ pieceMs: 2 }), 'reply');
      await large;
      expect(begun).toEqual(['large']);
      expect(pace.enter(connection(), kind)).toBeDefined();
      await small;
    },
  );

  it('has no claim on the time that passed while there was no room for it', async () => {
    const [blocked, other] = [connection(), connection()];
    const room = { ...ROOM, isFor: (asks: Connection) => asks !== blocked };
    const { enter } = slowPace(room);
    enter('blocked', blocked, 'request');
    for (let i = 0; i < 4; i++) await enter('other', other, 'request', 12);
    // The first two pieces of the other one, at least.
    expect(blocked.clockMs).toBeGreaterThanOrEqual(24);
  });
});

describe('a connection', () => {
  it('that sends a burst is not read on until what it sent has begun', async () => {
    const { pace, begun, enter } = slowPace();
    const sender = connection();
    let isHeld = false;
    for (let i = 0; i < 200; i++) isHeld = pace.arrived(sender);
    expect(isHeld).toBe(true);
    const all = [enter('read', sender, 'read'), enter('start', sender, 'start')];
    await Promise.all(all);
    expect(begun).toEqual(['start', 'read']);
  });

  it('that sends little is read on, whatever others send', () => {
    const { pace } = slowPace();
    for (let i = 0; i < 200; i++) pace.arrived(connection());
    expect(pace.arrived(connection())).toBe(false);
  });

  it('that has no room is read on: it may tell that it has read', async () => {
    const { begun, enter } = slowPace({ ...ROOM, isFor: () => false });
    const full = connection();
    enter('start', full, 'start');
    await enter('read', full, 'read');
    expect(begun).toEqual(['read']);
  });
});
