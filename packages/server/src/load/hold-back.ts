import type { Socket } from 'node:net';
import { type Connection, isGone } from './connection.ts';
import type { Pace } from './pace.ts';

/** What reads a socket: HTTP has taken it over, so that pausing the socket itself does nothing. */
interface Handle {
  readStop(): unknown;
  readStart(): unknown;
}

/** Requests of one connection over HTTP/1.1, which are answered one after another, before others are read. */
const MOST_PIPELINED = 16;

/**
 * Counts a request that came, and does not read its connection on for a while after a burst, or while many
 * are pipelined. What has been read is not held back: up to 64 KiB, some hundred requests.
 */
export function holdBack(connection: Connection, pace: Pace): void {
  const isBurst = pace.arrived(connection);
  if (connection.held !== undefined || !(isBurst || hasMany(connection))) return;
  stopReading(connection);
  connection.held = 'for its turn';
  const turn = pace.enter(connection, 'read');
  turn?.then(() => {
    connection.held = 'for answers';
    readOn(connection);
  });
}

/** To be called when it has been answered something. */
export function readOn(connection: Connection): void {
  if (connection.held !== 'for answers' || hasMany(connection) || isGone(connection)) return;
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

/** Gone once the socket is. */
function handleOf(socket: Socket): Handle | undefined {
  return (socket as unknown as { readonly _handle: Handle | null })._handle ?? undefined;
}
