import type { Socket } from 'node:net';
import { type Connection, isGone } from './connection.ts';
import type { Scheduler } from './scheduler.ts';

/**
 * Decides which connections are read. What has been read of one, up to 64 KiB, is not held back: some hundred
 * requests over HTTP/2, or the end of all that it has open. While a round of the event loop takes long,
 *
 * 1. a connection that has sent a burst of requests is read on when it is its turn;
 * 2. those that have not shown that they send little are not read before some short rounds have passed.
 *
 * Of HTTP/1.1, where requests are answered one after another, a few are read ahead at any time.
 */
export interface Reading {
  /** TLS is there. */
  secured(): void;
  /** A request has come. */
  asked(connection: Connection): void;
  /** One has been answered, or its caller has gone. */
  answered(connection: Connection): void;
  /** Its client has ended it: soon all that it has open ends at once. */
  ending(connection: Connection): void;
}

/** Requests of one connection in one round that are no burst. */
const FEW = 4;
/** Requests of one connection over HTTP/1.1 that may be open before others are read. */
const MOST_PIPELINED = 16;

export function createReading(all: ReadonlyMap<string, Connection>, scheduler: Scheduler): Reading {
  let round = 0;
  let isRoundCounted = false;
  let stopped: Connection[] | undefined;

  const countRound = () => {
    if (isRoundCounted) return;
    isRoundCounted = true;
    scheduler.afterArrivals(() => {
      isRoundCounted = false;
      round += 1;
    });
  };
  /** All but those that are known to send little. */
  const stopOthers = () => {
    if (stopped !== undefined) return;
    const others = [...all.values()].filter((connection) => !sendsLittle(connection));
    stopped = others.filter(({ held }) => held === undefined);
    for (const connection of stopped) hold(connection, 'for others');
    scheduler.afterArrivals(readOthersOn);
  };
  const readOthersOn = () => {
    if (!scheduler.mayBeLong()) return scheduler.afterArrivals(readOthersOn);
    for (const connection of stopped ?? []) readOn(connection, 'for others');
    stopped = undefined;
  };
  const worked = (...work: Parameters<Scheduler['worked']>) => {
    scheduler.worked(...work);
    if (scheduler.isLong()) stopOthers();
  };
  return {
    secured: () => worked('secured'),
    asked(connection) {
      countRound();
      scheduler.arrived(connection);
      connection.burst = connection.burstRound === round ? connection.burst + 1 : 1;
      connection.burstRound = round;
      const isLong = scheduler.isLong();
      const isMuch = (isLong && connection.burst > FEW) || hasMany(connection);
      if (isMuch && connection.held === undefined) {
        hold(connection, 'for its turn');
        scheduler.enter(connection, 'read')?.then(() => {
          connection.held = 'for answers';
          readOn(connection, 'for answers');
        });
      }
      if (isLong) stopOthers();
    },
    answered(connection) {
      if (!connection.isEnding) worked('end');
      readOn(connection, 'for answers');
    },
    ending(connection) {
      connection.isEnding = true;
      worked('end', connection.exchanges.size);
    },
  };
}

/** Not one that has never asked, and none whose latest requests were many together. */
function sendsLittle({ burst, isTls, session, http1 }: Connection): boolean {
  // Nothing reads it yet but what waits for TLS to begin.
  if (isTls !== true && session === undefined && http1 === undefined) return true;
  return burst > 0 && burst <= FEW;
}

function hold(connection: Connection, held: Connection['held']): void {
  connection.held = held;
  stopReading(connection);
}

function readOn(connection: Connection, held: Connection['held']): void {
  if (connection.held !== held || hasMany(connection) || isGone(connection)) return;
  connection.held = undefined;
  // Node goes on by itself where it holds the connection back, too.
  if (connection.http1?.readableFlowing === false) return;
  handleOf(connection.socket)?.readStart();
}

function hasMany({ session, exchanges }: Connection): boolean {
  return session === undefined && exchanges.size >= MOST_PIPELINED;
}

/** For good, or until it is read on. */
export function stopReading({ socket }: Connection): void {
  handleOf(socket)?.readStop();
}

/** What reads a socket: HTTP has taken it over, so that pausing the socket itself does nothing. */
interface Handle {
  readStop(): unknown;
  readStart(): unknown;
}

/** Gone once the socket is. Private to Node. */
function handleOf(socket: Socket): Handle | undefined {
  return (socket as unknown as { readonly _handle: Handle | null })._handle ?? undefined;
}
