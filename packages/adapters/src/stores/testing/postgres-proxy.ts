import { startTcpProxy } from '../../testing/tcp-proxy.ts';

/** A proxy in front of a PostgreSQL server that counts messages and can cut connections. */
export interface PostgresProxy {
  url(of: string): string;
  /** Messages after which a client waits for the server: Sync and simple Query. */
  readonly roundTrips: number;
  /** Ends the connection within the server's next reply. */
  cutNextReply(): void;
  close(): Promise<void>;
}

const SYNC = 'S'.charCodeAt(0);
const QUERY = 'Q'.charCodeAt(0);

export async function startPostgresProxy(serverPort: number): Promise<PostgresProxy> {
  let roundTrips = 0;
  let cut = false;
  const proxy = await startTcpProxy(serverPort, ({ client, server }) => {
    const count = createCounter((type) => {
      if (type === SYNC || type === QUERY) roundTrips++;
    });
    return {
      toServer(bytes) {
        count(bytes);
        server.write(bytes);
      },
      toClient(bytes) {
        if (!cut) {
          client.write(bytes);
          return;
        }
        cut = false;
        client.write(bytes.subarray(0, bytes.length >> 1), () => client.destroy());
        server.destroy();
      },
    };
  });
  return {
    url(of) {
      const url = new URL(of);
      url.port = String(proxy.port);
      return url.href;
    },
    get roundTrips() {
      return roundTrips;
    },
    cutNextReply() {
      cut = true;
    },
    close: proxy.close,
  };
}

/** Calls `seen` with the type of each message; the first one of a session has none. */
function createCounter(seen: (type: number) => void): (bytes: Buffer) => void {
  let pending = Buffer.alloc(0);
  let typeBytes = 0;
  return (bytes) => {
    pending = Buffer.concat([pending, bytes]);
    while (pending.length >= typeBytes + 4) {
      const length = typeBytes + pending.readInt32BE(typeBytes);
      if (pending.length < length) return;
      if (typeBytes === 1) seen(pending[0] as number);
      pending = pending.subarray(length);
      typeBytes = 1;
    }
  };
}
