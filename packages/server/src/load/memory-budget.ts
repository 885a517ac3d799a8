import { type Connection, unsentOf } from './connection.ts';

/**
 * Decides whether there is room for one more reply before it is made, by what its connection was answered
 * last.
 *
 * 1. A reply counts for its connection from before it is made, by a guess, until it is written; then what is
 *    unread of it counts.
 * 2. A connection that holds nothing always has room, but for what the server makes at the moment: that gets
 *    done, whatever callers do. Small replies don't wait for large ones.
 */
export interface MemoryBudget {
  isFor(connection: Connection): boolean;
  /** How many bytes its next reply is likely to have; 0 where there is nothing to tell. */
  expected(connection: Connection): number;
  /** Before a reply is made. */
  reserve(connection: Connection): Reservation;
}

interface Reservation {
  /** Once the reply is there, and how large it is. */
  made(bytes: number): void;
  /** When it has been written, or there is none. */
  release(isWritten: boolean): void;
}

/** From where on reading a request or writing a reply takes a noticeable part of a round: about half a millisecond. */
export const LARGE = 64 * 1024;
/** What a connection may hold and still be answered, in bytes. */
const MOST_HELD = 1024 * 1024;
/** Of a connection that has had no reply yet. */
const UNKNOWN_BYTES = LARGE;
/** What was counted is good for that long: counting takes its time, too. */
const COUNTED_FOR_MS = 20;

/** `most` are the bytes that large replies may take together while they are made; small ones have as much. */
export function createMemoryBudget(most: number): MemoryBudget {
  let making = 0;
  return {
    isFor(connection) {
      const { expectedBytes = UNKNOWN_BYTES } = connection;
      const isSmall = expectedBytes <= LARGE;
      if (making > 0 && making + expectedBytes > (isSmall ? most * 2 : most)) return false;
      const held = connection.makingBytes + unreadOf(connection);
      if (held === 0) return true;
      return !connection.isCrowding && held + expectedBytes <= MOST_HELD;
    },
    expected: ({ expectedBytes = 0 }) => expectedBytes,
    reserve(connection) {
      let reserved = 0;
      const count = (bytes: number) => {
        connection.makingBytes += bytes - reserved;
        making += bytes - reserved;
        reserved = bytes;
      };
      count(connection.expectedBytes ?? UNKNOWN_BYTES);
      return {
        made(bytes) {
          // Up at once, down slowly: one small reply says little of the next.
          const { expectedBytes = 0 } = connection;
          connection.expectedBytes = Math.max(bytes, (expectedBytes * 3 + bytes) / 4);
          count(bytes);
        },
        release(isWritten) {
          if (isWritten) connection.unread.bytes += reserved;
          count(0);
        },
      };
    },
  };
}

function unreadOf(connection: Connection): number {
  const { unread } = connection;
  const now = performance.now();
  if (now - unread.at > COUNTED_FOR_MS) {
    unread.bytes = unsentOf(connection);
    unread.at = now;
  }
  return unread.bytes;
}
