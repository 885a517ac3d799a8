import type { Socket } from 'node:net';
import type { Connection } from './connection.ts';
import type { Pace } from './pace.ts';

/** What reads a socket: HTTP/2 has taken it over, so that pausing the socket does nothing. */
interface Handle {
  readStop(): unknown;
  readStart(): unknown;
}

/**
 * Counts a request that came over HTTP/2, and does not read its connection on for a while after a burst.
 * What has been read is not held back: up to 64 KiB, some hundred requests.
 */
export function holdBack(connection: Connection, pace: Pace): void {
  if (!pace.arrived(connection) || connection.isHeld) return;
  const { socket } = connection;
  const handle = handleOf(socket);
  if (handle === undefined) return;
  handle.readStop();
  connection.isHeld = true;
  const turn = pace.enter(connection, 'read');
  turn?.then(() => {
    connection.isHeld = false;
    connection.burst = 0;
    if (!socket.destroyed) handle.readStart();
  });
}

/** Gone once the socket is. */
function handleOf(socket: Socket): Handle | undefined {
  return (socket as unknown as { readonly _handle: Handle | null })._handle ?? undefined;
}
