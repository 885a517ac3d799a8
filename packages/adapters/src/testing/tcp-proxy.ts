import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A connection through a {@link TcpProxy}. */
interface ProxiedConnection {
  readonly client: Socket;
  readonly server: Socket;
}

/** What happens to the data of a connection. Default: it is passed on. */
interface Passage {
  /** Called with data from the client. */
  toServer?(data: Buffer): void;
  /** Called with data from the server. */
  toClient?(data: Buffer): void;
  ended?(): void;
}

/** A proxy between clients and a server on this machine. */
export interface TcpProxy {
  readonly port: number;
  /** Existing connections stay open and pass on nothing from now on; new ones work. */
  fallSilent(): void;
  close(): Promise<void>;
}

/** @param open called for each connection; without a result, the connection is refused. */
export async function startTcpProxy(
  serverPort: number,
  open: (connection: ProxiedConnection) => Passage | undefined = () => ({}),
): Promise<TcpProxy> {
  const connections = new Set<ProxiedConnection>();
  const silent = new WeakSet<ProxiedConnection>();
  const proxy = createServer((client) => {
    const server = connect(serverPort, '127.0.0.1');
    const connection = { client, server };
    const passage = open(connection);
    connections.add(connection);
    const pass = (from: Socket, into: Socket, take: (data: Buffer) => void): void => {
      from.on('error', () => {});
      from.on('data', (data: Buffer) => {
        if (!silent.has(connection)) take(data);
      });
      // A killed server may end the connection without an error.
      from.on('close', () => {
        if (connections.delete(connection)) passage?.ended?.();
        into.destroy();
      });
    };
    pass(client, server, passage?.toServer ?? ((data) => void server.write(data)));
    pass(server, client, passage?.toClient ?? ((data) => void client.write(data)));
    if (passage === undefined) client.destroy();
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    port: (proxy.address() as AddressInfo).port,
    fallSilent() {
      for (const connection of connections) silent.add(connection);
    },
    async close() {
      for (const { client, server } of connections) {
        client.destroy();
        server.destroy();
      }
      proxy.close();
      await once(proxy, 'close');
    },
  };
}
