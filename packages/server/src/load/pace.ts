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
  enter(connection: Connection, what: keyof Queue): Promise<void> | undefined;
}

/** What waits of one connection. Replies go first: until they are written, they are held. */
interface Queue {
  readonly reply: (() => void)[];
  readonly request: (() => void)[];
}

/** A round that takes longer is slow: others had to wait for it. */
const SLOW_ROUND_MS = 10;
/** Pieces that may be begun in one round as long as rounds are fast. */
const MOST_AT_ONCE = 8;
/** Replies of a connection that are not read, in bytes, above which it waits. */
const MOST_UNREAD_BYTES = 1024 * 1024;
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
  let roundBegan = 0;
  let isArmed = false;
  let isLooking = false;

  const spent = (connection: Connection, now: number) =>
    connection.spentMs * 0.5 ** ((now - connection.spentAt) / HALF_LIFE_MS);

  const begin = (connection: Connection) => {
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
      atOnce = took > SLOW_ROUND_MS ? 1 : Math.min(MOST_AT_ONCE, atOnce + 1);
      for (const connection of begun) {
        connection.spentMs = spent(connection, now) + took / begun.length;
        connection.spentAt = now;
      }
      begun = [];
    }
    while (begun.length < atOnce && !isSlow()) {
      const connection = leastSpent(now);
      if (connection === undefined) break;
      const { reply = [], request = [] } = waiting.get(connection) ?? {};
      const go = reply.shift() ?? request.shift();
      if (reply.length + request.length === 0) waiting.delete(connection);
      begin(connection);
      go?.();
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
      const found = waiting.get(connection);
      const mayGo = waiting.size === 0 && begun.length < atOnce && !isSlow();
      if (mayGo && !mustWait(connection)) {
        begin(connection);
        return undefined;
      }
      return new Promise((resolve) => {
        const queue = found ?? { reply: [], request: [] };
        queue[what].push(resolve);
        waiting.set(connection, queue);
        arm();
      });
    },
  };
}
