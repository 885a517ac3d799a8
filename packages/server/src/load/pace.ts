import type { Connection } from './connection.ts';
import type { Room } from './room.ts';

/**
 * Shares the event loop among connections, so that those with little to do are answered while others have
 * much. A round of the event loop is what comes in (requests that go at once), then what waits, then large work.
 *
 * 1. Each of the first two takes about 10 ms, then it is the others' turn. A piece of work is never interrupted;
 *    a large one has what waits in a round to itself.
 * 2. Connections share the time alike (weighted fair queueing, Demers, Keshav and Shenker 1989): a connection's
 *    clock goes on by the time that its work takes, and is set to the server's when it has asked for nothing.
 *    The next piece is of the connection whose clock is furthest behind once it is done.
 * 3. Work that makes the server hold something waits until there is room for it.
 */
export interface Pace {
  /** Undefined to go on at once. */
  enter(connection: Connection, kind: PieceKind): Promise<void> | undefined;
  /** Counts a request that has come, and what it takes until it is answered unless that is large. */
  arrived(connection: Connection): void;
  /** To be called when something happened that takes time without a turn. */
  worked(): void;
  /** Whether what comes in has taken its share of the round: what has not been read had better wait. */
  isLong(): boolean;
  /** Before what waits is worked on. */
  afterArrivals(then: () => void): void;
  /** To be called when what is held has become less. */
  wake(): void;
}

/** What is done in turn, and whether it needs room and goes first in its connection. */
const PIECES = {
  /** Reading on after a burst of requests. Last, but without room: it may be what makes some. */
  read: 'reads',
  /** A TLS handshake: about a millisecond. */
  handshake: 'reads',
  /** The start of a request: headers, and reading the rest. */
  start: 'requests',
  /** Work on a request that has been read. In turn only where the reply is likely to be a large one. */
  request: 'requests',
  /** The writing of a large reply. First: until it is written, it is held. */
  reply: 'replies',
  /** The end of a connection with all that it has open. */
  end: 'replies',
} as const;

export type PieceKind = keyof typeof PIECES;

/** What waits of one connection. */
type Queue = Readonly<Record<(typeof PIECES)[PieceKind], Piece[]>>;

interface Piece {
  readonly isLarge: boolean;
  readonly go: () => void;
}

/** What comes in, and what waits, may take that much of a round. */
const SHARE_MS = 10;
/** Requests that may come in one round before those that they come from wait: about as much. */
const MOST_ARRIVALS = 100;
/** What a small request takes beside its start. */
const REQUEST_MS = 0.2;
/** Open requests that it takes a noticeable part of a round to end. */
const MANY_EXCHANGES = 32;
/** How often those that wait for room are looked at when nothing else happens. */
const LOOK_AGAIN_MS = 50;

/** `now` are milliseconds of a clock that only goes forward. */
export function createPace(room: Room, now: () => number = () => performance.now()): Pace {
  const waiting = new Map<Connection, Queue>();
  const afterwards: (() => void)[] = [];
  /** The server's clock: that of what was begun last. */
  let clockMs = 0;
  /** Since when this half of the round lasts: what comes in, or what waits. */
  let began: number | undefined;
  let arrivals = 0;
  let isArmed = false;
  let isLooking = false;
  /** Whose piece it is at the moment, and since when. */
  let current: { readonly connection: Connection; readonly since: number } | undefined;

  const isLong = () => arrivals > MOST_ARRIVALS || (began !== undefined && now() - began > SHARE_MS);
  const arm = () => {
    if (!isArmed) setImmediate(workOnWaiting);
    isArmed = true;
  };
  const worked = () => {
    began ??= now();
    arm();
  };
  const settle = () => {
    if (current === undefined) return;
    const { connection, since } = current;
    const tookMs = now() - since;
    connection.clockMs += tookMs;
    connection.pieceMs += (tookMs - connection.pieceMs) / 4;
    current = undefined;
  };
  const begin = (connection: Connection) => {
    settle();
    current = { connection, since: now() };
  };
  /** When all has run that was set off at once: microtasks first. */
  const thereafter = (then: () => void) => queueMicrotask(() => process.nextTick(then));

  const workOnWaiting = () => {
    isArmed = false;
    settle();
    arrivals = 0;
    for (const then of afterwards.splice(0)) then();
    began = now();
    workOn(true);
  };
  const workOn = (isFirst: boolean) => {
    settle();
    const found = waiting.size === 0 || isLong() ? undefined : furthestBehind();
    if (found === undefined || (found.pieces[0]?.isLarge === true && !isFirst)) {
      began = undefined;
      if (isFirst && waiting.size > 0) lookAgain();
      else if (waiting.size > 0) arm();
      return;
    }
    const piece = take(found);
    begin(found.connection);
    piece.go();
    thereafter(piece.isLarge ? endRound : () => workOn(false));
  };
  const endRound = () => {
    settle();
    began = undefined;
    if (waiting.size > 0) arm();
  };
  const lookAgain = () => {
    if (isLooking) return;
    isLooking = true;
    setTimeout(() => {
      isLooking = false;
      arm();
    }, LOOK_AGAIN_MS).unref();
  };

  const furthestBehind = () => {
    let found: { connection: Connection; pieces: Piece[] } | undefined;
    for (const [connection, queue] of waiting) {
      if (found !== undefined && endOf(connection) >= endOf(found.connection)) continue;
      const pieces = nextOf(connection, queue);
      if (pieces !== undefined) found = { connection, pieces };
      // What has no room has no claim on the time either.
      else connection.clockMs = Math.max(connection.clockMs, clockMs);
    }
    clockMs = Math.max(clockMs, found?.connection.clockMs ?? 0);
    return found;
  };
  const nextOf = (connection: Connection, { replies, requests, reads }: Queue) => {
    if (replies.length > 0) return replies;
    if (requests.length > 0 && room.isFor(connection, now())) return requests;
    return reads.length > 0 ? reads : undefined;
  };
  const take = ({ connection, pieces }: { connection: Connection; pieces: Piece[] }): Piece => {
    const piece = pieces.shift() as Piece;
    const { replies, requests, reads } = waiting.get(connection) as Queue;
    if (replies.length + requests.length + reads.length === 0) waiting.delete(connection);
    return piece;
  };
  /** A connection that asks after a while has no claim on the time that it did not take. */
  const catchUp = (connection: Connection) => {
    if (!waiting.has(connection)) connection.clockMs = Math.max(connection.clockMs, clockMs);
  };
  const goesAtOnce = (connection: Connection, kind: PieceKind, isLarge: boolean) => {
    if (isLarge || kind === 'read' || waiting.has(connection)) return false;
    if (PIECES[kind] === 'requests' && !room.isFor(connection, now())) return false;
    // It has had its turn when it began.
    if (kind === 'request') return true;
    return !isLong() && (waiting.size === 0 || connection.clockMs <= clockMs);
  };
  return {
    worked,
    isLong,
    afterArrivals(then) {
      afterwards.push(then);
      arm();
    },
    wake() {
      if (waiting.size > 0) arm();
    },
    arrived(connection) {
      catchUp(connection);
      connection.clockMs += REQUEST_MS;
      arrivals += 1;
      worked();
    },
    enter(connection, kind) {
      catchUp(connection);
      const isLarge =
        kind === 'reply' ||
        (kind === 'end' && connection.exchanges.size >= MANY_EXCHANGES) ||
        (kind === 'request' && room.isLarge(connection));
      worked();
      if (goesAtOnce(connection, kind, isLarge)) {
        // While no other connection waits, the time that it takes need not be counted.
        if (waiting.size > 0) {
          begin(connection);
          thereafter(settle);
        }
        return undefined;
      }
      return new Promise((resolve) => {
        const queue = waiting.get(connection) ?? { replies: [], requests: [], reads: [] };
        queue[PIECES[kind]].push({ isLarge, go: resolve });
        waiting.set(connection, queue);
      });
    },
  };
}

/** Where its clock is likely to be after its next piece: small pieces don't wait for large ones. */
function endOf({ clockMs, pieceMs }: Connection): number {
  return clockMs + pieceMs;
}
