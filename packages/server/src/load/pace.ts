import type { Connection } from './connection.ts';
import type { Room } from './room.ts';

/**
 * Lets the event loop go round between pieces of work, so that connections with little to do are
 * answered while others have much.
 *
 * 1. A round of the event loop works on pieces for 10 ms, then lets others in. Between pieces, what each
 *    set off at once has run: the time that it took is its connection's.
 * 2. Connections share the time alike (start-time fair queueing, Goyal, Vin and Cheng 1996): a connection's
 *    clock goes on by the time that it takes, and is set to the server's when it has asked for nothing. The
 *    next piece is of the one whose clock is behind the most.
 * 3. A large piece has a round for itself: it takes longer than a round, and what small pieces have
 *    written leaves before it.
 * 4. Work on a request begins when there is room for what its connection would hold.
 * 5. When much has come in one round, those that it came from are read on when it is their turn and
 *    what came has been begun.
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
 * A TLS handshake, the start of a request, work on it once it has been read, the writing of its reply, reading on after a
 * burst of requests, and the end of a connection with all that it has open.
 */
export type PieceKind =
  | 'handshake'
  | 'start'
  | 'request'
  | 'large request'
  | 'reply'
  | 'large reply'
  | 'read'
  | 'end';

/**
 * What waits of one connection. Replies go first: until they are written, they are held. Reading is last, but
 * needs no room: it may be what makes some.
 */
interface Queue {
  readonly replies: Piece[];
  readonly requests: Piece[];
  readonly reads: Piece[];
}

interface Piece {
  readonly isLarge: boolean;
  readonly go: () => void;
}

/** A round that takes longer is slow: others had to wait for it. */
const SLOW_ROUND_MS = 10;
/** Pieces that may be begun in one round. */
const MOST_PIECES = 16;
/** Rounds that a large piece leaves to small ones before it is its turn in any case. */
const MOST_POSTPONED = 4;
/** How often those that wait for room are looked at when nothing else happens. */
const LOOK_AGAIN_MS = 50;
/** Requests that may come in one round before those that they come from wait. */
const MOST_ARRIVALS = 100;
/** Those of one connection that are no burst. */
const FEW_ARRIVALS = 4;
/** Open requests that it takes a noticeable part of a round to end. */
const MANY_EXCHANGES = 32;
/** What a request takes before it is anybody's turn. */
const ARRIVAL_MS = 0.1;

/** `now` are milliseconds of a clock that only goes forward. */
export function createPace(room: Room, now: () => number = () => performance.now()): Pace {
  const waiting = new Map<Connection, Queue>();
  let current: Connection | undefined;
  let currentSince = 0;
  let roundBegan: number | undefined;
  let rounds = 0;
  let arrivals = 0;
  let postponed = 0;
  /** The server's clock: that of what was begun last. */
  let clockMs = 0;
  let isArmed = false;
  let hasSteps = false;
  let isLast = false;
  let isLooking = false;

  const settle = () => {
    if (current === undefined) return;
    const took = now() - currentSince;
    current.clockMs += took;
    current.pieceMs += (took - current.pieceMs) / 4;
    current = undefined;
  };
  /** What a piece sets off at once are microtasks, and ticks that were there before this one. */
  const settleSoon = () => process.nextTick(settle);
  const begin = (connection: Connection) => {
    settle();
    current = connection;
    currentSince = now();
    roundBegan ??= currentSince;
    arm();
  };
  const isSlow = () =>
    arrivals > MOST_ARRIVALS || (roundBegan !== undefined && now() - roundBegan > SLOW_ROUND_MS);
  const arm = () => {
    if (!isArmed) setImmediate(round);
    isArmed = true;
  };
  /** Node runs all that one of these sets off before the next. */
  const armSteps = () => {
    arm();
    if (hasSteps) return;
    hasSteps = true;
    for (let i = 1; i < MOST_PIECES; i++) setImmediate(step);
  };
  const round = () => {
    isArmed = false;
    hasSteps = false;
    rounds += 1;
    settle();
    roundBegan = undefined;
    arrivals = 0;
    isLast = false;
    step();
    if (waiting.size > 0 && roundBegan !== undefined) armSteps();
  };
  const step = () => {
    settle();
    if (waiting.size === 0 || isLast) return;
    const connection = isSlow() ? undefined : furthestBehind();
    if (connection === undefined) {
      if (roundBegan === undefined) lookAgain();
      return;
    }
    const queue = waiting.get(connection) as Queue;
    const pieces = nextOf(connection, queue) as Piece[];
    const { isLarge } = pieces[0] as Piece;
    isLast = isLarge;
    if (isLarge && roundBegan !== undefined && ++postponed <= MOST_POSTPONED) return;
    const piece = pieces.shift() as Piece;
    if (queue.replies.length + queue.requests.length + queue.reads.length === 0) {
      waiting.delete(connection);
    }
    if (pieces === queue.reads) arrivals += connection.burst;
    begin(connection);
    piece.go();
    if (isLarge) postponed = 0;
  };
  const furthestBehind = (): Connection | undefined => {
    let found: Connection | undefined;
    for (const [connection, queue] of waiting) {
      if (found !== undefined && endOf(connection) >= endOf(found)) continue;
      if (nextOf(connection, queue) !== undefined) found = connection;
      // What has no room has no claim on the time either.
      else connection.clockMs = Math.max(connection.clockMs, clockMs);
    }
    clockMs = Math.max(clockMs, found?.clockMs ?? 0);
    return found;
  };
  const nextOf = (connection: Connection, queue: Queue): Piece[] | undefined => {
    if (queue.replies.length > 0) return queue.replies;
    if (queue.requests.length > 0 && room.isFor(connection, now())) return queue.requests;
    return queue.reads.length > 0 ? queue.reads : undefined;
  };
  /** Who asks after a while has no claim on the time that it did not take. */
  const catchUp = (connection: Connection) => {
    if (waiting.has(connection)) return;
    connection.clockMs = Math.max(connection.clockMs, clockMs);
  };
  const lookAgain = () => {
    if (isLooking) return;
    isLooking = true;
    setTimeout(() => {
      isLooking = false;
      armSteps();
    }, LOOK_AGAIN_MS).unref();
  };
  const mayGoAtOnce = (connection: Connection, kind: PieceKind, isLarge: boolean) => {
    if (kind === 'read') return false;
    if (isLarge ? roundBegan !== undefined : isSlow()) return false;
    if (waiting.has(connection)) return false;
    if (waiting.size > 0 && connection.clockMs > clockMs + AHEAD_MS) return false;
    return PIECES[kind] !== 'requests' || room.isFor(connection, now());
  };
  return {
    wake() {
      if (waiting.size > 0) armSteps();
    },
    arrived(connection) {
      catchUp(connection);
      connection.clockMs += ARRIVAL_MS;
      connection.burst = connection.burstRound === rounds ? connection.burst + 1 : 1;
      connection.burstRound = rounds;
      arrivals += 1;
      roundBegan ??= now();
      arm();
      return connection.burst > FEW_ARRIVALS && isSlow();
    },
    enter(connection, kind) {
      catchUp(connection);
      const isLarge =
        kind === 'large request' ||
        kind === 'large reply' ||
        (kind === 'end' && connection.exchanges.size >= MANY_EXCHANGES) ||
        (kind === 'request' && room.isLarge(connection));
      if (mayGoAtOnce(connection, kind, isLarge)) {
        // While no other connection waits, the time that it takes need not be counted.
        if (waiting.size === 0 && !isLarge) {
          settle();
          roundBegan ??= now();
          arm();
          return undefined;
        }
        begin(connection);
        queueMicrotask(settleSoon);
        return undefined;
      }
      return new Promise((resolve) => {
        const queue = waiting.get(connection) ?? { replies: [], reads: [], requests: [] };
        queue[PIECES[kind]].push({ isLarge, go: resolve });
        waiting.set(connection, queue);
        armSteps();
      });
    },
  };
}

const PIECES = {
  ...{
    start: 'requests',
    request: 'requests',
    'large request': 'requests',
    read: 'reads',
    handshake: 'reads',
  },
  ...{ reply: 'replies', 'large reply': 'replies', end: 'replies' },
} as const satisfies Record<PieceKind, keyof Queue>;

/** Where its clock is likely to be after its next piece: small pieces don't wait for large ones. */
function endOf({ clockMs, pieceMs }: Connection): number {
  return clockMs + pieceMs;
}

/** How far a connection may be ahead of the server's clock and still go before those that wait. */
const AHEAD_MS = 2;
