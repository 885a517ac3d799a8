import type { Connection } from './connection.ts';
import type { MemoryBudget } from './memory-budget.ts';

/**
 * Shares the event loop among connections, so that those with little to do are answered while others have
 * much. A round of the event loop is what comes in, then what waits.
 *
 * 1. Each of the two takes about 4 ms, then it is the other's turn. A piece of work is never interrupted, nor is
 *    what one read of a connection brings: after a large one, or a long round, come some rounds without.
 * 2. Connections share the time alike (weighted fair queueing, Demers, Keshav and Shenker 1989): a connection's
 *    clock goes on by what its work costs, and is set to the server's when it has asked for nothing. The next
 *    piece is of the connection whose clock is furthest behind once it is done.
 * 3. What work costs is reckoned by what it is, not measured: on a busy machine, time says little of it.
 * 4. Work that makes the server hold something waits until there is room for it.
 */
export interface Scheduler {
  /** `bytes` that it costs as much as to write. Default: of the reply to expect. Undefined to go on at once. */
  enter(connection: Connection, kind: PieceKind, bytes?: number): Promise<void> | undefined;
  /** Counts a request that has come. */
  arrived(connection: Connection): void;
  /** Counts what took time without a turn: the second half of a TLS handshake, the end of requests. */
  worked(on: 'secured' | 'end', times?: number): void;
  /** Whether what comes in has taken its share of the round: what has not been read had better wait. */
  isLong(): boolean;
  /** Whether enough rounds have passed since the latest that was long. */
  mayBeLong(): boolean;
  /** Before what waits is worked on. */
  afterArrivals(then: () => void): void;
  /** To be called when what is held has become less. */
  wake(): void;
}

/** What is done in turn, and which of a connection's own pieces it is done with. */
const PIECES = {
  /** Reading on after a burst of requests. Last, but without room: it may be what makes some. */
  read: 'reads',
  handshake: 'reads',
  /** The start of a request: headers, and reading the rest. */
  start: 'requests',
  /** Work on a request that has been read. In turn only where it, or the reply to expect, is a large one. */
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
  readonly costMs: number;
  readonly go: () => void;
}

/** What comes in, and what waits, may take that much of a round. */
const SHARE_MS = 4;
/** Pieces that cost more are large. */
const LARGE_MS = 2;
/** Rounds without anything large in between: as many as Node takes to answer a small request over HTTP/2. */
const ROUNDS_BETWEEN = 4;
/** How far a connection may be ahead of the server's clock and still go before those that wait. */
const AHEAD_MS = 2;
/** How often those that wait for room are looked at when nothing else happens. */
const LOOK_AGAIN_MS = 50;

/** In milliseconds of a processor of 2024, about. */
const COSTS = { handshake: 1.5, secured: 0.5, arrival: 0.1, small: 0.2, end: 0.1, mebibyte: 4 };

export function createScheduler(budget: MemoryBudget): Scheduler {
  const waiting = new Map<Connection, Queue>();
  const afterwards: (() => void)[] = [];
  /** The server's clock: that of what was begun last. */
  let clockMs = 0;
  /** What this half of the round has cost: what comes in, or what waits. */
  let spentMs = 0;
  /** Rounds until there may be a large piece. */
  let untilLarge = 0;
  let isArmed = false;
  let isLooking = false;

  const isLong = () => spentMs > SHARE_MS;
  const arm = () => {
    if (!isArmed) setImmediate(workOnWaiting);
    isArmed = true;
  };
  const spend = (costMs: number) => {
    spentMs += costMs;
    arm();
  };

  const workOnWaiting = () => {
    isArmed = false;
    // The rounds in between may be long themselves: what is large waits no longer for that.
    if (untilLarge > 0) untilLarge -= 1;
    else if (isLong()) untilLarge = ROUNDS_BETWEEN;
    spentMs = 0;
    for (const then of afterwards.splice(0)) then();
    const isAny = workOnNext();
    if (isAny || waiting.size === 0) return;
    if (untilLarge > 0) arm();
    else lookAgain();
  };
  const workOnNext = (): boolean => {
    const next = waiting.size === 0 || isLong() ? undefined : furthestBehind();
    if (next === undefined) {
      spentMs = 0;
      return false;
    }
    const { costMs, go } = take(next.connection, next.pieces);
    if (costMs > LARGE_MS) untilLarge = ROUNDS_BETWEEN;
    spentMs += costMs;
    go();
    // When all has run that it set off at once: microtasks first.
    queueMicrotask(() => process.nextTick(workOnNext));
    if (waiting.size > 0) arm();
    return true;
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
    let found:
      | { connection: Connection; pieces: Piece[]; costMs: number; endMs: number }
      | undefined;
    for (const [connection, queue] of waiting) {
      if (found !== undefined && connection.clockMs >= found.endMs) continue;
      const pieces = nextOf(connection, queue);
      const costMs = pieces?.[0]?.costMs;
      // What has no room has no claim on the time either.
      if (pieces === undefined || costMs === undefined) catchUp(connection);
      else {
        const endMs = connection.clockMs + costMs;
        if (found === undefined || endMs < found.endMs)
          found = { connection, pieces, costMs, endMs };
      }
    }
    return found;
  };
  const nextOf = (connection: Connection, { replies, requests, reads }: Queue) => {
    if (isTime(replies)) return replies;
    if (isTime(requests) && budget.isFor(connection)) return requests;
    return isTime(reads) ? reads : undefined;
  };
  const isTime = ([first]: Piece[]) =>
    first !== undefined && (untilLarge <= 0 || first.costMs <= LARGE_MS);
  const take = (connection: Connection, pieces: Piece[]): Piece => {
    const piece = pieces.shift() as Piece;
    const { replies, requests, reads } = waiting.get(connection) as Queue;
    if (replies.length + requests.length + reads.length === 0) waiting.delete(connection);
    clockMs = Math.max(clockMs, connection.clockMs);
    connection.clockMs += piece.costMs;
    return piece;
  };
  /** A connection that asks after a while has no claim on the time that it did not take. */
  const catchUp = (connection: Connection) => {
    connection.clockMs = Math.max(connection.clockMs, clockMs);
  };
  const costOf = (connection: Connection, kind: PieceKind, bytes: number): number => {
    switch (kind) {
      case 'read':
        return connection.burst * (COSTS.arrival + COSTS.small);
      case 'handshake':
        return COSTS.handshake;
      case 'end':
        return connection.exchanges.size * COSTS.end;
      case 'request':
      case 'reply':
        return (bytes / MIB) * COSTS.mebibyte;
      default:
        return COSTS.small;
    }
  };
  const goesAtOnce = (connection: Connection, kind: PieceKind, costMs: number) => {
    if (costMs > LARGE_MS || kind === 'read' || waiting.has(connection)) return false;
    if (PIECES[kind] === 'requests' && !budget.isFor(connection)) return false;
    // A small one has had its turn when it began.
    if (kind === 'request') return true;
    return !isLong() && (waiting.size === 0 || connection.clockMs <= clockMs + AHEAD_MS);
  };
  return {
    isLong,
    mayBeLong: () => untilLarge <= 0,
    afterArrivals(then) {
      afterwards.push(then);
      arm();
    },
    wake() {
      if (waiting.size > 0) arm();
    },
    arrived(connection) {
      if (!waiting.has(connection)) catchUp(connection);
      connection.clockMs += COSTS.arrival;
      spend(COSTS.arrival);
    },
    worked(on, times = 1) {
      spend(COSTS[on] * times);
    },
    enter(connection, kind, bytes = budget.expected(connection)) {
      if (!waiting.has(connection)) catchUp(connection);
      const costMs = costOf(connection, kind, bytes);
      if (goesAtOnce(connection, kind, costMs)) {
        connection.clockMs += costMs;
        spend(costMs);
        return undefined;
      }
      arm();
      return new Promise((resolve) => {
        const queue = waiting.get(connection) ?? { replies: [], requests: [], reads: [] };
        queue[PIECES[kind]].push({ costMs, go: resolve });
        waiting.set(connection, queue);
      });
    },
  };
}

const MIB = 1024 * 1024;
