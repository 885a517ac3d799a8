import type { Server, Socket } from 'node:net';
import type { Connection } from './connection.ts';
import type { Pace } from './pace.ts';

/**
 * Lets each TLS handshake begin when it is its connection's turn, and once the client has said something: a
 * handshake takes about a millisecond of the event loop, and many may come together.
 */
export function paceHandshakes(
  server: Server,
  of: (socket: Socket) => Connection | undefined,
  pace: Pace,
): void {
  const listeners = server.listeners('connection') as ((socket: Socket) => void)[];
  const accept = listeners.find(({ name }) => name === 'tlsConnectionListener');
  if (accept === undefined) {
    throw new Error('this version of Node accepts TLS connections otherwise than Node 24 does');
  }
  server.removeListener('connection', accept);
  server.on('connection', (socket: Socket) => {
    // Until TLS has the socket, this is the only listener for its errors.
    socket.on('error', () => {});
    socket.once('readable', async () => {
      const connection = of(socket);
      if (connection === undefined) return;
      await pace.enter(connection, 'handshake');
      if (socket.destroyed) return;
      connection.isTls = true;
      accept.call(server, socket);
    });
  });
}
