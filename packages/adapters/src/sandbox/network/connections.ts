import type { Server } from 'node:net';
import type { Duplex } from 'node:stream';

/** The connections of a server, to those who ask it and to those whom it asks for them. */
export interface Connections {
  /** Aborts when the server closes. */
  readonly signal: AbortSignal;
  /** Has a connection closed with the server; an error of it closes it, and nothing else. */
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

/** Has what each says reach the other, until both have ended or one of them breaks off. */
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
