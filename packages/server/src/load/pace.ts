import { type Connection, unsentOf } from './connection.ts';

/**
 * Lets the event loop go round between pieces of work, so that connections with little to do are
 * answered while others have much.
 *
 * 1. As long as the loop goes round fast, work is begun at once.
 * 2. When a round was slow, one piece is begun in each: of the connection that took the least time lately.
 * 3. What a connection has not read holds back what it asks for next.
 */
export interface Pace {
  /** Undefined to go on at once. */
  enter(
    connection: Connection,
    what: 'request' | 'reply' | 'large reply',
  ): Promise<void> | undefined;
}

/** What waits of one connection. Replies go first: until they are written, they are held. */
interface Queue {
  readonly replies: Piece[];
  readonly requests: Piece[];
}

interface Piece {
  readonly weight: number;
  readonly go: () => void;
}

/** A round that takes longer is slow: others had to wait for it. */
const SLOW_ROUND_MS = 10;
/** Pieces that may be begun in one round as long as rounds are fast; a large reply counts as all of them. */
const MOST_AT_ONCE = 500;
/** Replies of a connection that are not read, in bytes, above which it waits. */
const MOST_UNREAD_BYTES = 1024 * 1024;
const WEIGHTS = { reply: 1, 'large reply': MOST_AT_ONCE } as const;
/** Of a connection that has had no reply yet. */
const UNKNOWN_WEIGHT = MOST_AT_ONCE / 8;

/** Whoever got a large reply is likely to ask for another one, which takes as long to make. */
function weightOf({ lastReply }: Connection): number {
  return lastReply === undefined ? UNKNOWN_WEIGHT : WEIGHTS[lastReply];
}

/** What it has not read holds it back. */
function mustWait(connection: Connection): boolean {
  return connection.isCrowding || unsentOf(connection) > MOST_UNREAD_BYTES;
}

/** How often those that wait to be read are looked at when nothing else happens. */
const LOOK_AGAIN_MS = 50;
const HALF_LIFE_MS = 1000;

export function createPace(): Pace {
  const waiting = new Map<Connection, Queue>();
  let atOnce = MOST_AT_ONCE;
  let begun: Connection[] = [];
  let weightBegun = 0;
  let roundBegan = 0;
  let isArmed = false;
  let isLooking = false;

  const spent = (connection: Connection, now: number) =>
    connection.spentMs * 0.5 ** ((now - connection.spentAt) / HALF_LIFE_MS);

  const begin = (connection: Connection, weight: number) => {
    weightBegun += weight;
    if (begun.length === 0) roundBegan = performance.now();
    begun.push(connection);
    arm();
  };
  const isSlow = () => begun.length > 0 && performance.now() - roundBegan > SLOW_ROUND_MS;
  const arm = () => {
    if (isArmed) return;
    isArmed = true;
    setImmediate(round);
  };
  const round = () => {
    isArmed = false;
    const now = performance.now();
    if (begun.length > 0) {
      const took = now - roundBegan;
      atOnce = took > SLOW_ROUND_MS ? 1 : Math.min(MOST_AT_ONCE, atOnce * 2);
      for (const connection of begun) {
        connection.spentMs = spent(connection, now) + took / begun.length;
        connection.spentAt = now;
      }
      begun = [];
      weightBegun = 0;
    }
    while (weightBegun < atOnce && !isSlow()) {
      const connection = leastSpent(now);
      if (connection === undefined) break;
      const { replies = [], requests = [] } = waiting.get(connection) ?? {};
      const piece = replies.shift() ?? requests.shift();
      if (replies.length + requests.length === 0) waiting.delete(connection);
      begin(connection, piece?.weight ?? 0);
      piece?.go();
    }
    if (begun.length === 0 && waiting.size > 0) lookAgain();
  };
  const leastSpent = (now: number): Connection | undefined => {
    let least: Connection | undefined;
    let leastMs = Number.POSITIVE_INFINITY;
    for (const connection of waiting.keys()) {
      const ms = spent(connection, now);
      if (ms >= leastMs || mustWait(connection)) continue;
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
  return {
    enter(connection, what) {
      const weight = what === 'request' ? weightOf(connection) : WEIGHTS[what];
      if (what !== 'request') connection.lastReply = what;
      const hasRoom = waiting.size === 0 && weightBegun < atOnce && !isSlow();
      if (hasRoom && !mustWait(connection)) {
        begin(connection, weight);
        return undefined;
      }
      return new Promise((resolve) => {
        const queue = waiting.get(connection) ?? { replies: [], requests: [] };
        const pieces = what === 'request' ? queue.requests : queue.replies;
        pieces.push({ weight, go: resolve });
        waiting.set(connection, queue);
        arm();
      });
    },
  };
}
