import type { Server } from 'node:net';
import type { Duplex } from 'node:stream';

/** The connections of a server: those of its clients and those that it makes for them. */
export interface Connections {
  /** Aborts when the server closes. */
  readonly signal: AbortSignal;
  /** Closes the connection when the server closes. An error of the connection closes only this connection. */
  track<T extends Duplex>(connection: T): T;
  /** Resolves when the server and every connection are closed. */
  close(): Promise<void>;
}

export function connectionsOf(server: Server): Connections {
  const closing = new AbortController();
  const open = new Set<Duplex>();
  const track = <T extends Duplex>(connection: T): T => {
    open.add(connection);
    connection.on('error', () => connection.destroy());
    connection.once('close', () => open.delete(connection));
    if (closing.signal.aborted) connection.destroy();
    return connection;
  };
  server.on('connection', track);
  return {
    signal: closing.signal,
    track,
    close() {
      closing.abort();
      const { promise, resolve } = Promise.withResolvers<void>();
      server.close(() => resolve());
      for (const one of open) one.destroy();
      return promise;
    },
  };
}

/** Pipes two connections into each other until both end or one breaks. */
export function joinConnections(one: Duplex, other: Duplex): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    if (from.destroyed) to.destroy();
    from.pipe(to);
    from.once('close', () => {
      if (!from.readableEnded) to.destroy();
    });
  }
}
