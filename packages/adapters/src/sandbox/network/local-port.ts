import { createServer, type Server } from 'node:net';
import { connectionsOf, joinConnections } from './connections.ts';
import { dialLocal } from './dial.ts';

export interface LocalPort {
  readonly port: number;
  /** The server, not yet listening. */
  readonly server: Server;
  close(): Promise<void>;
}

/** Forwards connections to a port of this machine's loopback. */
export function createLocalPort(
  port: number,
  { connectTimeoutMs, maxConnections }: { connectTimeoutMs: number; maxConnections: number },
): LocalPort {
  const server = createServer({ allowHalfOpen: true });
  server.maxConnections = maxConnections;
  const { track, signal, close } = connectionsOf(server);
  server.on('connection', (inner) => {
    dialLocal(port, AbortSignal.any([signal, AbortSignal.timeout(connectTimeoutMs)])).then(
      (outer) => joinConnections(inner, track(outer)),
      // No program listens there: close the connection, as if it had been refused.
      () => inner.destroy(),
    );
  });
  return { port, server, close };
}
