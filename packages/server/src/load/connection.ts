import { constants, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';

/** One TCP connection, with what it makes the server hold. */
export interface Connection {
  readonly key: string;
  readonly address: string;
  readonly socket: Socket;
  /** Whether TLS has begun on it. */
  isTls?: boolean;
  /** With HTTP/2. */
  session?: ServerHttp2Session;
  /** With HTTP/1.1, what it is written to: the socket, or the TLS in it. */
  http1?: Socket;
  /** Why it was refused: it is on its way out. */
  refused?: string;
  /** Since when it has no request, by the process's clock. */
  quietSince: number;
  /** Requests of this second that it took back before they were answered, or that were refused. */
  futile: number;
  /** Whether a request has ever come: until then it has the time of a request. */
  hasAsked: boolean;
  /** Whether it has unread replies while all have much: it gets no more of them. */
  isCrowding: boolean;
  /** What its next reply is likely to have, by those before. */
  expectedBytes?: number;
  /** Of replies that are made for it and not written yet. */
  makingBytes: number;
  /** Of replies that it has not read, when that was counted last. */
  readonly unread: { bytes: number; at: number };
  readonly exchanges: Set<Exchange>;
  /** Those that wait for their turn. */
  readonly waiting: Exchange[];
  /** How many of these are about to be begun, and how many have been: streams aside. */
  starting: number;
  underWay: number;
  /** Requests that came in the round of the event loop that it was last asked something in, and which. */
  burst: number;
  burstRound: number;
  /** Whether its client has ended it: what that takes has been counted. */
  isEnding: boolean;
  /** What it waits for until it is read on. */
  held?: 'for its turn' | 'for answers' | 'for others' | undefined;
  /** Its clock in the order of turns: it goes on by what its work costs. */
  clockMs: number;
}

/** A request and its reply, whatever they travel by. */
export interface Exchange {
  readonly connection: Connection;
  /** A watch or the like: it may last as long as it likes, what it sends may not. */
  readonly isStream: boolean;
  /** Whether the request is still arriving, as far as this side has looked at it. */
  isArriving(): boolean;
  /** Bytes of the reply that have not left. */
  unsent(): number;
  /** Grows with every message that the one before has let through. */
  writes(): number;
  /** Answers that the server will not work on it. Only before it was begun. */
  refuse(reason: string): void;
  /** Ends it where it is; `reason` goes to the caller where there still is a way. */
  cut(reason: string): void;
  begin(): void;
  begunAt?: number;
  /** Whether it counts as under way. */
  isUnderWay?: boolean;
  /** What the connection had received when it began. */
  bytesAtBegin: number;
  /** What was last seen of its reply, and when that was new. */
  seen?: { readonly unsent: number; readonly writes: number; readonly at: number };
}

export function unsentOf({ exchanges }: Connection): number {
  let bytes = 0;
  for (const exchange of exchanges) {
    if (exchange.begunAt !== undefined) bytes += exchange.unsent();
  }
  return bytes;
}

/** Whether what it asked is of no use any more: it is closed, or about to be. */
export function isGone({ refused, session, socket }: Connection): boolean {
  return refused !== undefined || socket.destroyed || session?.destroyed === true;
}

/** Counts what is written: a caller gets the next message when the one before is on its way. */
export function countWrites(writable: object): () => number {
  const counted = writable as { write(...parts: unknown[]): unknown };
  const { write } = counted;
  let writes = 0;
  counted.write = (...parts) => {
    writes += 1;
    return write.apply(counted, parts);
  };
  return () => writes;
}

/** Whether the caller took a request back before it was answered, on a connection that goes on. */
export function isTakenBack(stream: ServerHttp2Stream, { session }: Connection): boolean {
  if (session === undefined || session.destroyed) return false;
  return stream.rstCode !== constants.NGHTTP2_NO_ERROR && !stream.headersSent;
}
