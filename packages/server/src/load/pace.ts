import type { Connection } from './connection.ts';
import type { Room } from './room.ts';

/**
 * Lets the event loop go round between pieces of work, so that connections with little to do are
 * answered while others have much.
 *
 * 1. A round of the event loop works on pieces for 10 ms, then lets others in. Between pieces, what each
 *    set off at once has run: the time that it took is its connection's.
 * 2. The next piece is of the connection that took the least time lately.
 * 3. A large piece has a round for itself: it takes longer than a round, and what small pieces have
 *    written leaves before it.
 * 4. Work on a request begins when there is room for what its connection would hold.
 * 5. When much has come in one round, those that it came from are read on when it is their turn.
 */
export interface Pace {
  /** Undefined to go on at once. */
  enter(connection: Connection, kind: PieceKind): Promise<void> | undefined;
  /** Counts a request that has come; returns whether to read no more of its connection for now. */
  arrived(connection: Connection): boolean;
  /** To be called when what was held has become less. */
  wake(): void;
}

/**
 * The start of a request, work on it once it has been read, the writing of its reply, reading on after a
 * burst of requests, and the end of a connection with all that it has open.
 */
export type PieceKind = 'start' | 'request' | 'reply' | 'large reply' | 'read' | 'end';

/**
 * What waits of one connection. Replies go first: until they are written, they are held. Reading needs no
 * room: it may be what makes some.
 */
interface Queue {
  readonly replies: Piece[];
  readonly reads: Piece[];
  readonly requests: Piece[];
}

interface Piece {
  readonly isLarge: boolean;
  readonly go: () => void;
}

/** A round that takes longer is slow: others had to wait for it. */
const SLOW_ROUND_MS = 10;
/** Rounds that a large piece leaves to small ones before it is its turn in any case. */
const MOST_POSTPONED = 4;
/** How often those that wait for room are looked at when nothing else happens. */
const LOOK_AGAIN_MS = 50;
const HALF_LIFE_MS = 1000;
/** Requests that may come in one round before those that they come from wait. */
const MOST_ARRIVALS = 100;
/** Open requests that it takes a noticeable part of a round to end. */
const MANY_EXCHANGES = 32;
/** What a request takes before it is anybody's turn. */
const ARRIVAL_MS = 0.1;

export function createPace(room: Room): Pace {
  const waiting = new Map<Connection, Queue>();
  let current: Connection | undefined;
  let currentSince = 0;
  let roundBegan: number | undefined;
  let arrivals = 0;
  let postponed = 0;
  let isArmed = false;
  let isLooking = false;

  const settle = () => {
    if (current === undefined) return;
    const now = performance.now();
    current.spentMs = spent(current, now) + now - currentSince;
    current.spentAt = now;
    current = undefined;
  };
  /** What a piece sets off at once are microtasks, and ticks that were there before this one. */
  const settleSoon = () => process.nextTick(settle);
  const stepSoon = () => process.nextTick(step);
  const begin = (connection: Connection) => {
    settle();
    current = connection;
    currentSince = performance.now();
    roundBegan ??= currentSince;
    arm();
  };
  const isSlow = () =>
    arrivals > MOST_ARRIVALS ||
    (roundBegan !== undefined && performance.now() - roundBegan > SLOW_ROUND_MS);
  const arm = () => {
    if (isArmed) return;
    isArmed = true;
    setImmediate(round);
  };
  const round = () => {
    isArmed = false;
    settle();
    roundBegan = undefined;
    arrivals = 0;
    step();
  };
  const step = () => {
    settle();
    if (waiting.size === 0) return;
    const connection = isSlow() ? undefined : leastSpent();
    if (connection === undefined) {
      if (roundBegan === undefined) lookAgain();
      return;
    }
    const queue = waiting.get(connection) as Queue;
    const pieces = firstOf(queue);
    const { isLarge } = pieces[0] as Piece;
    if (isLarge && roundBegan !== undefined && ++postponed <= MOST_POSTPONED) return;
    const piece = pieces.shift() as Piece;
    if (firstOf(queue).length === 0) waiting.delete(connection);
    if (pieces === queue.reads) arrivals += connection.burst;
    begin(connection);
    piece.go();
    if (isLarge) postponed = 0;
    else queueMicrotask(stepSoon);
  };
  /** Of those with room, by what they took lately, which fades alike for all. */
  const leastSpent = (): Connection | undefined => {
    const now = performance.now();
    let least: Connection | undefined;
    let leastMs = Number.POSITIVE_INFINITY;
    for (const [connection, queue] of waiting) {
      const ms = spent(connection, now);
      if (ms >= leastMs) continue;
      if (firstOf(queue) === queue.requests && !room.isFor(connection, now)) continue;
      least = connection;
      leastMs = ms;
    }
    return least;
  };
  const lookAgain = () => {
    if (isLooking) return;
    isLooking = true;
    setTimeout(() => {
      isLooking = false;
      arm();
    }, LOOK_AGAIN_MS).unref();
  };
  const mayGoAtOnce = (connection: Connection, kind: PieceKind, isLarge: boolean) => {
    if (kind === 'read') return false;
    if (isLarge ? roundBegan !== undefined : isSlow()) return false;
    if (waiting.has(connection)) return false;
    const now = performance.now();
    if (waiting.size > 0 && spent(connection, now) > LIGHT_MS) return false;
    return PIECES[kind] === 'replies' || room.isFor(connection, now);
  };
  return {
    wake() {
      if (waiting.size > 0) arm();
    },
    arrived(connection) {
      const now = performance.now();
      connection.spentMs = spent(connection, now) + ARRIVAL_MS;
      connection.spentAt = now;
      connection.burst += 1;
      arrivals += 1;
      roundBegan ??= now;
      arm();
      return isSlow();
    },
    enter(connection, kind) {
      const isLarge =
        kind === 'large reply' ||
        (kind === 'end' && connection.exchanges.size >= MANY_EXCHANGES) ||
        (kind === 'request' && room.isLarge(connection));
      if (mayGoAtOnce(connection, kind, isLarge)) {
        begin(connection);
        queueMicrotask(settleSoon);
        return undefined;
      }
      return new Promise((resolve) => {
        const queue = waiting.get(connection) ?? { replies: [], reads: [], requests: [] };
        queue[PIECES[kind]].push({ isLarge, go: resolve });
        waiting.set(connection, queue);
        arm();
      });
    },
  };
}

const PIECES = {
  ...{ start: 'requests', request: 'requests', read: 'reads' },
  ...{ reply: 'replies', 'large reply': 'replies', end: 'replies' },
} as const satisfies Record<PieceKind, keyof Queue>;

function firstOf({ replies, reads, requests }: Queue): Piece[] {
  if (replies.length > 0) return replies;
  return reads.length > 0 ? reads : requests;
}

/** What a connection may have taken lately and still go before those that wait. */
const LIGHT_MS = 5;

function spent({ spentMs, spentAt }: Connection, now: number): number {
  return spentMs * 0.5 ** ((now - spentAt) / HALF_LIFE_MS);
}
